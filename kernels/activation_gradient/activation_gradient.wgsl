// Gradient of an activation function with respect to its input: dy f'(x).
fn y_of(x: E, dy: E) -> E {
  return dy * ${ACTIVATION}_slope(x);
}

fn relu_slope(x: vec4f) -> vec4f {
  return select(vec4f(), vec4f(1.0), x > vec4f());
}

// s + x s'(x), with s = sigmoid(1.702 x).
fn quick_gelu_slope(x: vec4f) -> vec4f {
  // Beyond 40 the slope is 0 or 1 to the last digit; far beyond, the exponential would overflow.
  let e = exp(-1.702 * clamp(x, vec4f(-40.0), vec4f(40.0)));
  let s = 1.0 / (1.0 + e);
  return s + 1.702 * x * s * (e * s);
}

// P(x) + x p(x), with P and p the normal distribution and its density.
fn gelu_slope(x: vec4f) -> vec4f {
  let near = clamp(x, vec4f(-14.0), vec4f(14.0));
  return half_one_plus_erf(near) + near * 0.39894228 * exp(-0.5 * near * near);
}

// s + x s'(x), with s = sigmoid(2 u) and u what the tanh is taken of.
fn gelu_tanh_slope(x: vec4f) -> vec4f {
  // Beyond 7 the exponential nears the end of float32, and the slope is 0 or 1 to the last digit.
  let near = clamp(x, vec4f(-7.0), vec4f(7.0));
  let square = near * near;
  let e = exp(-1.5957691216 * near * (1.0 + 0.044715 * square));
  let s = 1.0 / (1.0 + e);
  return s + 1.5957691216 * near * (1.0 + 0.134145 * square) * s * (e * s);
}
