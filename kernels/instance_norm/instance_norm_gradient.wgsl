// Gradient of instance norm: with z = (x - mean) / deviation,
// y = (dy - mean(dy) - z mean(dy z)) / deviation.
//
// Layout: x, dy, y [B, H, W, C]. Parallel: as instance norm. Mean and deviation are computed again.
fn compute(at: u32) {
  let pixels = params.height * params.width;
  let base = at / params.channels * pixels * params.channels + at % params.channels;
  let mean = mean_of(base);
  let deviation = deviation_of(base, mean);
  var slopes = E();
  var products = E();
  for (var i = 0u; i < params.height; i++) {
    var slope_row = E();
    var product_row = E();
    for (var j = 0u; j < params.width; j++) {
      let place = base + (i * params.width + j) * params.channels;
      slope_row += dy_at(place);
      product_row += dy_at(place) * (x_at(place) - mean);
    }
    slopes += slope_row;
    products += product_row;
  }
  let slope = slopes / f32(pixels);
  let product = products / f32(pixels) / deviation;
  for (var i = 0u; i < pixels; i++) {
    let place = base + i * params.channels;
    let z = (x_at(place) - mean) / deviation;
    set_y(place, (dy_at(place) - slope - z * product) / deviation);
  }
}
