// Adds windows up to the images that they lie on: y[b, r, k, c] = the sum of
// x[b, i, j, (p w + q) C + c] over all with s i + p - top = r and s j + q - left = k.
//
// Layout: x [B, h, w, kh kw C]; y [B, H, W, C]. An invocation gathers what falls on its pixel, so that
// nothing is added atomically and sums are the same in every run.
struct Params {
  channels: u32, // C, of E
  height: u32,
  width: u32,
  out_height: u32,
  out_width: u32,
  window_height: u32,
  window_width: u32,
  stride: u32,
  top: u32,
  left: u32,
}

fn compute(at: u32) {
  let c = at % params.channels;
  var rest = at / params.channels;
  let column = rest % params.width + params.left;
  rest /= params.width;
  let row = rest % params.height + params.top;
  let b = rest / params.height;
  var sum = E();
  for (var p = 0u; p < params.window_height; p++) {
    let i = (row - p) / params.stride;
    if (p > row || (row - p) % params.stride != 0u || i >= params.out_height) {
      continue;
    }
    for (var q = 0u; q < params.window_width; q++) {
      let j = (column - q) / params.stride;
      if (q > column || (column - q) % params.stride != 0u || j >= params.out_width) {
        continue;
      }
      let window = (b * params.out_height + i) * params.out_width + j;
      let tap = (window * params.window_height + p) * params.window_width + q;
      sum += x_at(tap * params.channels + c);
    }
  }
  set_y(at, sum);
}
