// Repeats along an axis: y[o, n, i] = x[o, i] * factor.
//
// Layout: x [outer, inner], y [outer, N, inner] row-major.
struct Params {
  repeats: u32, // N
  inner: u32,
  factor: f32,
}

fn compute(at: u32) {
  let outer = at / (params.repeats * params.inner);
  set_y(at, x_at(outer * params.inner + at % params.inner) * params.factor);
}
