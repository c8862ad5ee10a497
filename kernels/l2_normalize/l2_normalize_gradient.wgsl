// Gradient of scaling rows to length 1 with respect to the rows: with n = max(|x|, 1e-12) and
// z = x / n, y = (dy - z (z . dy)) / n, and y = dy / n where the row is shorter than that floor.
//
// Layout: x, dy, y [rows, D] row-major.
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_scale(base, lane);
  var squares = 0.0;
  var products = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let part = x_at(base + i) / most;
    squares += part * part;
    products += part * dy_at(base + i);
  }
  let norm = sqrt(row_sum(squares, lane));
  let floor = 1e-12 / most;
  let short = norm < floor;
  let length = bitcast<f32>(max(bitcast<u32>(norm), bitcast<u32>(floor))); // as in l2_normalize
  let along = select(row_sum(products, lane) / length, 0.0, short);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = x_at(base + i) / most / length;
    set_y(base + i, (dy_at(base + i) - z * along) / length / most);
  }
}
