// Product of two tensors. `b` may repeat, so that one factor a column serves all rows.
fn y_of(a: E, b: E) -> E {
  return a * b;
}
