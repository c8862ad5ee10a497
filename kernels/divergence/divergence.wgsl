// Kullback-Leibler divergence, in nats, of shares from others: y = sum(p log(p / q)).
//
// Where q is 1, this is minus the entropy.
// Layout: p [rows, C] row-major; q [C], above 0; y [rows].
// A share of 0 adds nothing; one below 0 has no logarithm, and the row is NaN.
fn compute_row(row: u32, base: u32, lane: u32) {
  var sum = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let share = p_at(base + i);
    let term = select(share * log(share / q_at(i)), 0.0, share == 0.0);
    sum += select(term, not_a_number(params.columns), share < 0.0);
  }
  sum = row_sum(sum, lane);
  if (leads(lane)) {
    set_y(row, sum);
  }
}
