// Gradient of softmax with respect to its input: dx = y (dy - sum(y dy)), where y is its result.
//
// What all of dy has in common cancels, since y adds up to 1. It is subtracted first (the row's first
// number serves): where dy is nearly even, the difference keeps its digits.
// Layout: y, dy, dx [rows, D] row-major.
fn compute_row(row: u32, base: u32, lane: u32) {
  let even = dy_at(base);
  var mean = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    mean += y_at(base + i) * (dy_at(base + i) - even);
  }
  mean = row_sum(mean, lane);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    set_dx(base + i, y_at(base + i) * ((dy_at(base + i) - even) - mean));
  }
}
