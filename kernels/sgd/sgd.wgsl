// One step of SGD with momentum, Nesterov's or the usual one, and weight decay as part of the gradient:
//   d = g + decay p,   v = momentum v + d,   p = p - rate (nesterov ? d + momentum v : v).
//
// Layout: all flat and of the same size; rate [1], an operand, as schedules change it between steps.
struct Params {
  momentum: f32,
  decay: f32,
  nesterov: u32,
}

fn compute(i: u32) {
  let slope = g_at(i) + params.decay * p_at(i);
  let velocity = params.momentum * v_at(i) + slope;
  let step = select(velocity, slope + params.momentum * velocity, params.nesterov == 1u);
  set_new_v(i, velocity);
  set_new_p(i, p_at(i) - rate_at(0u) * step);
}
