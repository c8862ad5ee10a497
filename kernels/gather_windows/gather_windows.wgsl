// Lays the windows of images side by side: y[b, i, j, (p w + q) C + c] =
// x[b, s i + p - top, s j + q - left, c], zeros outside the image. So a convolution is a matmul.
//
// Layout: x [B, H, W, C]; y [B, h, w, kh kw C].
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
  let q = rest % params.window_width;
  rest /= params.window_width;
  let p = rest % params.window_height;
  rest /= params.window_height;
  let j = rest % params.out_width;
  rest /= params.out_width;
  let i = rest % params.out_height;
  let b = rest / params.out_height;
  // Shifted by the padding, so that no place is below zero.
  let row = i * params.stride + p;
  let column = j * params.stride + q;
  var value = E();
  if (row >= params.top && row < params.top + params.height &&
      column >= params.left && column < params.left + params.width) {
    let pixel = (b * params.height + row - params.top) * params.width + column - params.left;
    value = x_at(pixel * params.channels + c);
  }
  set_y(at, value);
}
