// Activation functions on four numbers at a time, for the activation kernel and for the epilogues
// of matmuls, which name one of them.

fn none(x: vec4f) -> vec4f {
  return x;
}

fn relu(x: vec4f) -> vec4f {
  // Negative and no NaN, by bits: max() may drop a NaN, and compilers turn a comparison with 0 into it.
  let bits = bitcast<vec4u>(x);
  return select(x, vec4f(), (bits > vec4u(0x80000000u)) & (bits <= vec4u(0xff800000u)));
}

// x * sigmoid(1.702 x), CLIP's own.
fn quick_gelu(x: vec4f) -> vec4f {
  return x / (1.0 + exp(-1.702 * x));
}

// (1 + erf(x / sqrt 2)) / 2, by a polynomial near zero and, outside, by the logarithm of erfc: so
// the small values of the negative tail keep their digits.
fn half_one_plus_erf(x: vec4f) -> vec4f {
  let a = x * 0.70710678118654752;
  let t = abs(a);
  let s = a * a;
  var near = s * -5.96761703e-4 + 4.99119423e-3;
  near = near * s - 2.67681349e-2;
  near = near * s + 1.12819925e-1;
  near = near * s - 3.76125336e-1;
  near = near * s + 1.28379166e-1;
  near = near * a + a;
  var log_erfc = (t * -1.72853470e-5 + 3.83197126e-4) * s + (t * -3.88396438e-3 + 2.42546219e-2);
  log_erfc = log_erfc * t - 1.06777877e-1;
  log_erfc = log_erfc * t - 6.34846687e-1;
  log_erfc = log_erfc * t - 1.28717512e-1;
  log_erfc = log_erfc * t - t;
  let erfc = exp(log_erfc);
  let far = select(erfc, 2.0 - erfc, x > vec4f());
  return 0.5 * select(1.0 + near, far, t > vec4f(0.927734375));
}

fn gelu(x: vec4f) -> vec4f {
  // An infinite x makes the polynomial NaN; the limits are 0 and x.
  let finite = x * half_one_plus_erf(x);
  return select(select(finite, x, x > vec4f(13.0)), vec4f(), x < vec4f(-14.5));
}

// The tanh approximation: (1 + tanh u) / 2 is a sigmoid of 2 u, which keeps the negative tail's digits.
fn gelu_tanh(x: vec4f) -> vec4f {
  // Beyond these the result is 0 or x, and the cube would overflow.
  let near = clamp(x, vec4f(-14.0), vec4f(14.0));
  let finite = x / (1.0 + exp(-1.5957691216 * near * (1.0 + 0.044715 * near * near)));
  return select(finite, vec4f(), x < vec4f(-14.0));
}
