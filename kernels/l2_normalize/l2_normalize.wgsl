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
  // The larger of the norm and its floor, by their bits, which numbers from 0 on are ordered by: max()
  // may drop a NaN, and compilers turn a comparison into it.
  let length = bitcast<f32>(max(bitcast<u32>(norm), bitcast<u32>(1e-12 / most)));
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    set_y(base + i, x_at(base + i) / most / length);
  }
}
