// One pass of a resize: each pixel of y is a weighted sum of neighbours in a row or column of x.
//
// Layout: the horizontal pass takes x [lines, size] to y [lines, new_size], the vertical one
// x [B, size, lines] to y [B, new_size, lines]. A pixel is a word, red in the lowest byte, the
// highest always 255 in y; with RGB, x has three bytes a pixel instead.
// taps [new_size, stride]: first neighbour, number of neighbours, weights in units of 2^-22.
// Parallel: the same position of four lines an invocation: they share the weights, and loads are
// what costs. All in integers, so the result is exact: halves round up, and what the negative
// weights of a bicubic push out of 0 to 255 is clipped.
struct Params {
  lines: u32,
  size: u32,
  new_size: u32,
  stride: u32,
}

const BITS = 22u;
const FOUR = vec4u(0u, 1u, 2u, 3u);

fn words(at: vec4u) -> vec4u {
  return vec4u(x_at(at.x), x_at(at.y), x_at(at.z), x_at(at.w));
}

fn compute(i: u32) {
#if ${VERTICAL}
  let blocks = (params.lines + 3u) / 4u;
  let row = i / blocks;
  let image = row / params.new_size;
  let tap = (row - image * params.new_size) * params.stride;
  let line = 4u * (i - row * blocks) + FOUR;
  let place = row * params.lines + line;
  let step = params.lines;
  let start = image * params.size + u32(taps_at(tap));
  var source = start * step + min(line, vec4u(params.lines - 1u));
#else
  let block = i / params.new_size;
  let m = i - block * params.new_size;
  let tap = m * params.stride;
  let line = 4u * block + FOUR;
  let place = line * params.new_size + m;
  let step = 1u;
  var source = min(line, vec4u(params.lines - 1u)) * params.size + u32(taps_at(tap));
#endif

  var red = vec4i(1 << (BITS - 1u));
  var green = red;
  var blue = red;
#if ${RGB}
  var last = words(3u * source / 4u);
#endif
  let end = tap + 2u + u32(taps_at(tap + 1u));
  for (var k = tap + 2u; k < end; k++) {
#if ${RGB}
    // Three bytes that begin in the word before, unless they begin a word.
    let next = words((3u * source + 2u) / 4u);
    let shift = 3u * source % 4u * 8u;
    let straddling = (last >> shift) | ((next << (24u - shift)) << vec4u(8u));
    let pixel = select(straddling, next, shift == vec4u());
    last = next;
#else
    let pixel = words(source);
#endif
    let weight = taps_at(k);
    red += weight * vec4i(pixel & vec4u(255u));
    green += weight * vec4i((pixel >> vec4u(8u)) & vec4u(255u));
    blue += weight * vec4i((pixel >> vec4u(16u)) & vec4u(255u));
    source += vec4u(step);
  }
  let color = byte(red) | (byte(green) << vec4u(8u)) | (byte(blue) << vec4u(16u));
  let pixel = color | vec4u(255u << 24u);

  let inside = line < vec4u(params.lines);
  if (inside.x) {
    set_y(place.x, pixel.x);
  }
  if (inside.y) {
    set_y(place.y, pixel.y);
  }
  if (inside.z) {
    set_y(place.z, pixel.z);
  }
  if (inside.w) {
    set_y(place.w, pixel.w);
  }
}

fn byte(sum: vec4i) -> vec4u {
  return vec4u(clamp(sum >> vec4u(BITS), vec4i(), vec4i(255)));
}
