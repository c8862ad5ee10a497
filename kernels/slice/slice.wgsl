// Some columns of each row: y[i, c] = x[i, first + c], and 0 where x has no such column, so that the
// same kernel puts a slice back to where it came from, which is the gradient.
//
// Layout: x [N, C], y [N, D], row-major; N is everything before the last axis. An element, or four,
// of y an invocation.
struct Params {
  columns: u32, // C, of E
  kept: u32, // D, of E
  first: i32, // of E
}

fn compute(i: u32) {
  let column = i32(i % params.kept) + params.first;
  var value = E();
  if (column >= 0i && column < i32(params.columns)) {
    value = x_at(i / params.kept * params.columns + u32(column));
  }
  set_y(i, value);
}
