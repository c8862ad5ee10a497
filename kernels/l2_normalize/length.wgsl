// The largest element of a row of x, no less than the floor of its norm, 1e-12. Rows are divided by it
// before they are squared: squares of large or tiny numbers would leave float32's range.
fn row_scale(base: u32, lane: u32) -> f32 {
  var most = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    most = max(most, abs(x_at(base + i)));
  }
  return max(row_max(most, lane), 1e-12);
}

