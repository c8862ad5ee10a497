// Gradient of PReLU with respect to x: dy where x is above 0, slope * dy elsewhere, as PyTorch has it.
fn y_of(x: E, slope: E, dy: E) -> E {
  return select(dy * slope, dy, x > E());
}
