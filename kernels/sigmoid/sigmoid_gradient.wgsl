// Gradient of the logistic function, by what it returned: dy y (1 - y).
fn y_of(s: E, dy: E) -> E {
  return dy * s * (1.0 - s);
}
