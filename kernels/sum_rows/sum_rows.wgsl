// Sum of rows: y[c] = the sum over rows of x[row, c].
//
// Layout: x [rows, D] row-major; y [D]. A column an invocation, so that neighbours read neighbours.
struct Params {
  rows: u32,
}

fn compute(column: u32) {
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) {
    sum += x_at(row * params.count + column);
  }
  set_y(column, sum);
}
