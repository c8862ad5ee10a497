// A convolution's weight turned round, for its gradient by the images: y[kh - 1 - p, kw - 1 - q, o, c] =
// weight[p, q, c, o].
//
// Layout: weight [kh, kw, Ci, Co]; y [kh, kw, Co, Ci].
struct Params {
  pixels: u32, // kh kw
  channels: u32, // Ci
  out_channels: u32, // Co
}

fn compute(at: u32) {
  let c = at % params.channels;
  let o = at / params.channels % params.out_channels;
  // All of the window backwards is both of its axes backwards.
  let pixel = params.pixels - 1u - at / params.channels / params.out_channels;
  set_y(at, weight_at((pixel * params.channels + c) * params.out_channels + o));
}
