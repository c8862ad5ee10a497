// Gradient of |a - b| with respect to a: dy where a is greater, -dy where b is, and 0 where they are
// equal, as PyTorch has it. The gradient with respect to b is the same with a and b exchanged.
fn y_of(a: E, b: E, dy: E) -> E {
  return select(select(E(), -dy, a < b), dy, a > b);
}
