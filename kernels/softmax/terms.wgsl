// What softmax and the losses on it share: the largest logit of a row of x, and the sum of
// exp(x - largest), from which the maximum is taken off so that no exponential overflows.
fn row_most(base: u32, lane: u32) -> f32 {
  var most = x_at(base);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    most = max(most, x_at(base + i));
  }
  return row_max(most, lane);
}

fn row_exp_sum(base: u32, most: f32, lane: u32) -> f32 {
  var sum = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    sum += exp(x_at(base + i) - most);
  }
  return row_sum(sum, lane);
}

// False for a row with a NaN or +infinity, or of nothing but -infinity. The largest term is 1, so any
// other sum is at least 1; max() may drop a NaN, but the sum then leaves this range.
fn is_exp_sum(sum: f32) -> bool {
  return sum >= 1.0 && sum < 3.4e38;
}

