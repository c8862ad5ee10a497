// The largest number of a window: y[b, i, j, c] = max over p, q of
// x[b, s i + p - top, s j + q - left, c].
//
// Layout: vec4 over channels where VEC4. NaN wins over every number. Padding never wins: a
// neighbour outside stands for the nearest one inside, which is in the window too, because padding
// is smaller than a window.
// Parallel: as window.wgsl says.
// Not max(): for a NaN it may return the other operand. A NaN shows in its bits alone.
fn larger(a: vec4f, b: vec4f) -> vec4f {
  let is_nan = (bitcast<vec4u>(b) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  return select(a, b, (b > a) | is_nan);
}

fn compute(i: u32) {
  let groups = (params.channels + 3u) / 4u;
  let block = i / groups;
  let channel = 4u * (i - block * groups);
  let windows = windows_of(4u * block);

  let first = neighbors(windows, 0u, 0u);
  var most0 = load_x(first.pixel.x, channel);
  var most1 = load_x(first.pixel.y, channel);
  var most2 = load_x(first.pixel.z, channel);
  var most3 = load_x(first.pixel.w, channel);
  for (var p = 0u; p < params.window_height; p++) {
    for (var q = 0u; q < params.window_width; q++) {
      let near = neighbors(windows, p, q);
      most0 = larger(most0, load_x(near.pixel.x, channel));
      most1 = larger(most1, load_x(near.pixel.y, channel));
      most2 = larger(most2, load_x(near.pixel.z, channel));
      most3 = larger(most3, load_x(near.pixel.w, channel));
    }
  }
  store(4u * block, channel, most0);
  store(4u * block + 1u, channel, most1);
  store(4u * block + 2u, channel, most2);
  store(4u * block + 3u, channel, most3);
}
