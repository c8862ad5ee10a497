// Gradient of the entropy of softmax with respect to the logits: y = -dy p (log p + H), with H the
// entropy.
//
// Layout: x, y [rows, D] row-major; dy [rows].
// log p = z - log(sum e) and H = log(sum e) - sum(e z) / sum(e), z = x - max, so that the logarithms
// cancel: y = -dy p (z - mean), with mean = sum(p z). A row that is nearly certain keeps its digits.
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_most(base, lane);
  var sum = 0.0;
  var weighted = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = x_at(base + i) - most;
    let e = exp(z);
    sum += e;
    // Below this e is 0 in float32; without the guard -infinity would make 0 * infinity.
    weighted += select(e * z, 0.0, z < -200.0);
  }
  sum = row_sum(sum, lane);
  let mean = row_sum(weighted, lane) / sum;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = x_at(base + i) - most;
    set_y(base + i, select(-dy_at(row) * exp(z) / sum * (z - mean), 0.0, z < -200.0));
  }
}
