// Gradient of the divergence sum(p log(p / q)) with respect to p: dp = dy (log(p / q) + 1).
//
// Layout: p, dp [rows, C] row-major; q [C]; dy [rows].
// At p = 0 it is minus infinity. Softmax gives 0 only by underflow, so the smallest normal number is
// used instead.
struct Params {
  columns: u32,
}

const SMALLEST = 1.1754943508222875e-38;

fn compute(i: u32) {
  let row = i / params.columns;
  let p = p_at(i);
  let share = select(p, SMALLEST, p == 0.0);
  let slope = dy_at(row) * (log(share / q_at(i - row * params.columns)) + 1.0);
  set_dp(i, select(slope, not_a_number(params.columns), share < 0.0));
}
