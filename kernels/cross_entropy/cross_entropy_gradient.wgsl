// Gradient of the cross-entropy with respect to the logits: dy (softmax(x) - 1 at the label).
//
// Layout: x, y [rows, D] row-major; labels, dy [rows].
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_most(base, lane);
  let sum = row_exp_sum(base, most, lane);
  let label = labels_at(row);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let p = exp(x_at(base + i) - most) / sum;
    set_y(base + i, dy_at(row) * (p - select(0.0, 1.0, i == label)));
  }
}
