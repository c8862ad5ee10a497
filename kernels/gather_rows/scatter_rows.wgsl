// Adds rows to rows of zeros: y[index[n], :] = the sum of all x[n, :] that go there.
//
// Layout: x [N, D], y [rows, D] row-major; next [rows + N] by `chain_rows.wgsl`.
// Parallel: an element of y an invocation, which follows its row's chain: no atomics, so that two
// runs give the same bits.
struct Params {
  columns: u32, // of E in a row
  rows: u32,
  indices: u32, // N
}

fn compute(at: u32) {
  var sum = E();
  var n = next_at(at / params.columns);
  while (n < params.indices) {
    sum += x_at(n * params.columns + at % params.columns);
    n = next_at(params.rows + n);
  }
  set_y(at, sum);
}
