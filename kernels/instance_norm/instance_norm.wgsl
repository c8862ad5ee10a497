// Instance norm: y = (x - mean) / sqrt(variance + eps), mean and variance of each channel of each
// picture.
//
// Layout: x, y [B, H, W, C]. Parallel: a channel of a picture (four where VEC4) an invocation.
fn compute(at: u32) {
  let pixels = params.height * params.width;
  let base = at / params.channels * pixels * params.channels + at % params.channels;
  let mean = mean_of(base);
  let deviation = deviation_of(base, mean);
  for (var i = 0u; i < pixels; i++) {
    let place = base + i * params.channels;
    set_y(place, (x_at(place) - mean) / deviation);
  }
}
