// Softmax of each row: y = exp(x - max) / sum(exp(x - max)).
//
// Layout: x, y [rows, D] row-major. A row with a NaN or +infinity comes out NaN, as in PyTorch.
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_most(base, lane);
  let sum = row_exp_sum(base, most, lane);
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let y = exp(x_at(base + i) - most) / sum;
    set_y(base + i, select(not_a_number(params.columns), y, is_exp_sum(sum)));
  }
}
