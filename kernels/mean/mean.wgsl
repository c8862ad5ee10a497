// Mean over one axis: y[o, i] = sum over n of x[o, n, i] / N.
//
// Layout: x [outer, N, inner] row-major; y [outer, inner]. Neighbouring invocations read neighbours
// unless the axis is the last one.
struct Params {
  terms: u32, // N
  inner: u32,
}

fn compute(at: u32) {
  let base = at / params.inner * params.terms * params.inner + at % params.inner;
  var sum = 0.0;
  for (var n = 0u; n < params.terms; n++) {
    sum += x_at(base + n * params.inner);
  }
  set_y(at, sum / f32(params.terms));
}
