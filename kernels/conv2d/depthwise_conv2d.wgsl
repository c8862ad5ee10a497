// Depthwise convolution: y[b, i, j, c] = f(bias[c] + sum over p, q of
// x[b, s i + p - top, s j + q - left, c] * weight[p, q, c]), with zeros around the image and f the
// activation.
//
// Layout: weight [kh, kw, C]; bias [C]; everything as vec4 over channels where VEC4.
// Parallel: as window.wgsl says.
fn compute(i: u32) {
  let groups = (params.channels + 3u) / 4u;
  let block = i / groups;
  let channel = 4u * (i - block * groups);
  let windows = windows_of(4u * block);

  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var p = 0u; p < params.window_height; p++) {
    for (var q = 0u; q < params.window_width; q++) {
      let near = neighbors(windows, p, q);
      let w = load_weight(p * params.window_width + q, channel);
      sum0 += w * select(vec4f(), load_x(near.pixel.x, channel), near.inside.x);
      sum1 += w * select(vec4f(), load_x(near.pixel.y, channel), near.inside.y);
      sum2 += w * select(vec4f(), load_x(near.pixel.z, channel), near.inside.z);
      sum3 += w * select(vec4f(), load_x(near.pixel.w, channel), near.inside.w);
    }
  }
  let shift = load_bias(channel);
  store(4u * block, channel, ${ACTIVATION}(sum0 + shift));
  store(4u * block + 1u, channel, ${ACTIVATION}(sum1 + shift));
  store(4u * block + 2u, channel, ${ACTIVATION}(sum2 + shift));
  store(4u * block + 3u, channel, ${ACTIVATION}(sum3 + shift));
}
