// Sum of two tensors. `b` may repeat, so that one bias or one table of positions serves all rows.
fn y_of(a: E, b: E) -> E {
  return a + b;
}
