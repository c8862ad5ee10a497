// Sums along the middle axis, in parts: y[o, p, i] = the sum over n of part p of x[o, n, i], / divisor.
//
// Layout: x [outer, N, inner], y [outer, parts, inner], row-major. A result an invocation:
// neighbours read neighbours unless the axis is the last one. Where results are few and terms many,
// a first run makes parts and a second one adds them up: one long sum would keep one lane busy and
// the others idle.
struct Params {
  terms: u32, // N
  inner: u32,
  parts: u32,
  span: u32, // terms of a part
  divisor: f32,
}

fn compute(at: u32) {
  let i = at % params.inner;
  let part = at / params.inner % params.parts;
  let base = at / params.inner / params.parts * params.terms * params.inner + i;
  let end = min((part + 1u) * params.span, params.terms);
  var sum = 0.0;
  for (var n = part * params.span; n < end; n++) {
    sum += x_at(base + n * params.inner);
  }
  set_y(at, sum / params.divisor);
}
