// Scales each row to length 1: y = x / max(|x|, 1e-12), so that a row of zeros stays zeros.
//
// Layout: x, y [rows, D] row-major.
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_scale(base, lane);
  var squares = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let part = x_at(base + i) / most;
    squares += part * part;
  }
  let norm = sqrt(row_sum(squares, lane));
  let floor = 1e-12 / most;
  let length = select(norm, floor, norm < floor); // not max(): it may drop a NaN
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    set_y(base + i, x_at(base + i) / most / length);
  }
}
