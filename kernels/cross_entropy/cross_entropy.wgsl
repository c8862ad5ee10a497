// Cross-entropy of each row of logits with its label: y = log(sum e^(x - max)) - (x[label] - max).
//
// Layout: x [rows, D] row-major; labels, y [rows]. A label outside the row gives NaN.
fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_most(base, lane);
  let sum = row_exp_sum(base, most, lane);
  if (leads(lane)) {
    let label = labels_at(row);
    let y = log(sum) - (x_at(base + min(label, params.columns - 1u)) - most);
    let exists = label < params.columns && is_exp_sum(sum);
    set_y(row, select(not_a_number(params.columns), y, exists));
  }
}
