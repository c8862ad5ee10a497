// Index of the smallest number of each row, counted over all rows: y[row] = row D + column; the first
// of equal ones. A NaN is never the smallest; a row of nothing else gives its first column.
//
// Layout: x [rows, D] row-major; y [rows]. Parallel: a row an invocation: rows are few and short.
struct Params {
  columns: u32,
}

fn compute(row: u32) {
  let base = row * params.columns;
  var best = base;
  var found = false;
  for (var i = base; i < base + params.columns; i++) {
    // WGSL may assume that there are no NaNs, so the bits decide.
    let x = x_at(i);
    let number = (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u;
    if (number && (!found || x < x_at(best))) {
      best = i;
      found = true;
    }
  }
  set_y(row, best);
}
