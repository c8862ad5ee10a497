// Cuts images into square patches: y[b, g, (c S + i) S + j] = x[b, c, gy S + i, gx S + j].
//
// Layout: x [B, C, H, W]; y [B, G, C S S], patches row by row, each in the order of a convolution's
// weight, so that patch embedding is a matmul. What is left over at the right and below is dropped,
// as a convolution of that stride drops it. Where S and W are multiples of 4, four neighbours are
// copied at a time.
struct Params {
  channels: u32,
  height: u32,
  width: u32, // W, of E
  size: u32, // S
  size_e: u32, // S, of E
  across: u32, // patches in a row
  down: u32, // rows of patches
}

fn compute(at: u32) {
  let j = at % params.size_e;
  var rest = at / params.size_e;
  let i = rest % params.size;
  rest /= params.size;
  let c = rest % params.channels;
  rest /= params.channels;
  let gx = rest % params.across;
  rest /= params.across;
  let gy = rest % params.down;
  let b = rest / params.down;
  let row = (b * params.channels + c) * params.height + gy * params.size + i;
  set_y(at, x_at(row * params.width + gx * params.size_e + j));
}
