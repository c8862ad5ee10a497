// Repeats along an axis: y[o, n, i] = x[o, i] * factor.
//
// Layout: x [outer, inner], y [outer, N, inner] row-major. Parallel: an element of y an invocation.
struct Params {
  count: u32, // of elements of y
  repeats: u32, // N
  inner: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at < params.count) {
    let outer = at / (params.repeats * params.inner);
    y[at] = x[outer * params.inner + at % params.inner] * params.factor;
  }
}
