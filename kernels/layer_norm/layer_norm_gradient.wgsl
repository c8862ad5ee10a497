// Gradient of layer norm with respect to its input: with z = (x - mean) / deviation and
// g = dy * scale, y = (g - mean(g) - z mean(g z)) / deviation, plus a residual if there is one.
//
// Layout: x, dy, y, residual [rows, D] row-major; scale [D].
// Mean and deviation are computed again: cheaper than to keep them from the forward pass.
struct Params {
  width: f32, // D
  eps: f32,
}

fn compute_row(row: u32, base: u32, lane: u32) {
  var sum = E();
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    sum += x_at(base + i);
  }
  let mean = row_sum(total(sum), lane) / params.width;

  var squares = E();
  var slopes = E();
  var products = E();
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let centred = x_at(base + i) - mean;
    let g = dy_at(base + i) * scale_at(i);
    squares += centred * centred;
    slopes += g;
    products += g * centred;
  }
  let deviation = sqrt(row_sum(total(squares), lane) / params.width + params.eps);
  let slope = row_sum(total(slopes), lane) / params.width;
  let product = row_sum(total(products), lane) / params.width / deviation;

  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = (x_at(base + i) - mean) / deviation;
    let slope_x = (dy_at(base + i) * scale_at(i) - slope - z * product) / deviation;
    set_y(base + i, slope_x + residual_at(base + i));
  }
}
