// The logistic function of each number: 1 / (1 + exp(-x)).
//
// By exp(-|x|), which is at most 1 and cannot overflow. A NaN passes by its bits: exp() may make a
// number of it.
fn y_of(x: E) -> E {
  let is_nan = (bitcast<vec4u>(x) & vec4u(0x7fffffffu)) > vec4u(0x7f800000u);
  let e = exp(-abs(x));
  return select(select(e, E(1.0), x >= E()) / (1.0 + e), x, is_nan);
}
