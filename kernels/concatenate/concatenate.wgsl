// Columns side by side: y[i, :] = [a[i, :], b[i, :]].
//
// Layout: a [N, A], b [N, B], y [N, A + B], row-major; N is everything before the last axis. An
// element, or four, of y an invocation, which reads one operand.
struct Params {
  a_columns: u32, // A, of E
  b_columns: u32, // B, of E
}

fn compute(i: u32) {
  let columns = params.a_columns + params.b_columns;
  let row = i / columns;
  let column = i % columns;
  if (column < params.a_columns) {
    set_y(i, a_at(row * params.a_columns + column));
  } else {
    set_y(i, b_at(row * params.b_columns + column - params.a_columns));
  }
}
