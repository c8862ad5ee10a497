// One step of AdamW with decoupled weight decay:
//   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g g,
//   p = p (1 - rate decay) - rate (m c1) / (sqrt(v c2) + eps),
// where c1 = 1 / (1 - b1^t) and c2 = 1 / (1 - b2^t) come from the host, which has the digits for them.
//
// Layout: all flat and of the same size; correction [2].
struct Params {
  rate: f32,
  b1: f32,
  rest1: f32, // 1 - b1
  b2: f32,
  rest2: f32, // 1 - b2
  eps: f32,
  keep: f32, // 1 - rate decay
}

fn compute(i: u32) {
  let g = g_at(i);
  let mean = params.b1 * m_at(i) + params.rest1 * g;
  let square = params.b2 * v_at(i) + params.rest2 * g * g;
  let correction = correction_at(0u);
  let step = mean * correction.x / (sqrt(square * correction.y) + params.eps);
  set_new_m(i, mean);
  set_new_v(i, square);
  set_new_p(i, p_at(i) * params.keep - params.rate * step);
}
