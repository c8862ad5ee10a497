// Gradient of an activation function with respect to its input: dy f'(x).
fn y_of(x: E, dy: E) -> E {
  return dy * ${ACTIVATION}_slope(x);
}
