// The distance of each pair of numbers: y = |a - b|. Where either is NaN, so is the result.
fn y_of(a: E, b: E) -> E {
  return abs(a - b);
}
