// PReLU: x where x is at least 0, slope * x below, with a slope for each channel.
fn y_of(x: E, slope: E) -> E {
  return select(x, x * slope, x < E());
}
