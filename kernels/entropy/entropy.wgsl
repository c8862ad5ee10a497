// Entropy of softmax of each row of logits: y = -sum(p log p) = log(sum e) - sum(e z) / sum(e),
// with z = x - max and e = exp(z).
//
// Exact in the logarithm: unless EPS asks for -sum(p log(p + eps)), no epsilon is added to p, and no
// probability is formed that could round to 0 before its logarithm is taken. The largest logit's own
// e is 1 and is left out of the sum, so that log(1 + rest) keeps its digits where a row is nearly
// certain and its entropy tiny.
// Layout: x [rows, D] row-major; y [rows].
// -infinity is a probability of 0 and adds nothing; a row with NaN or +infinity gives NaN.
struct Params {
  eps: f32,
}

// log(1 + r) for r >= 0; WGSL has only log(), which would lose a small r beside the 1.
fn log_one_plus(r: f32) -> f32 {
  let s = r / (2.0 + r);
  let s2 = s * s;
  let series = 2.0 * s * (1.0 + s2 * (1.0 / 3.0 + s2 * (0.2 + s2 * (1.0 / 7.0 + s2 / 9.0))));
  return select(series, log(1.0 + r), r > 0.3);
}

fn compute_row(row: u32, base: u32, lane: u32) {
  let most = row_most(base, lane);
  var rest = 0.0;
  var largest = 0.0; // how many logits are the largest
  var weighted = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let z = x_at(base + i) - most;
    let e = exp(z);
    rest += select(e, 0.0, z == 0.0);
    largest += select(0.0, 1.0, z == 0.0);
    // Below this e is 0 in float32; without the guard -infinity would make 0 * infinity.
    weighted += select(e * z, 0.0, z < -200.0);
  }
  largest = row_sum(largest, lane);
  rest = row_sum(rest, lane) + (largest - 1.0);
#if ${EPS}
  // log(p + eps) = log(e + eps sum) - log(sum), which keeps its digits where p is nearly 1.
  let floor = params.eps * (1.0 + rest);
  weighted = 0.0;
  for (var i = first_of(lane); i < params.columns; i += stride()) {
    let e = exp(x_at(base + i) - most);
    weighted += e * select(log(e + floor), log_one_plus(floor), e == 1.0);
  }
#endif
  weighted = row_sum(weighted, lane);
  if (leads(lane)) {
    let y = log_one_plus(rest) - weighted / (1.0 + rest);
    set_y(row, select(not_a_number(params.columns), y, is_exp_sum(1.0 + rest)));
  }
}
