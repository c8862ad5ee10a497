// Transpose of a matrix: y[c, r] = x[r, c].
//
// Layout: x [rows, columns], y [columns, rows] row-major.
struct Params {
  rows: u32,
  columns: u32,
}

fn compute(at: u32) {
  set_y(at, x_at(at % params.rows * params.columns + at / params.rows));
}
