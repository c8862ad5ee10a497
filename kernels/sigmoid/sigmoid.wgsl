// The logistic function of each number: 1 / (1 + exp(-x)).
fn y_of(x: E) -> E {
  return 1.0 / (1.0 + exp(-x));
}
