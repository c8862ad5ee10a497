// Mean over one axis: y[o, i] = sum over n of x[o, n, i] / N.
//
// Layout: x [outer, N, inner] row-major; y [outer, inner]. Parallel: an output an invocation, so that
// neighbours read neighbours unless the axis is the last one.
struct Params {
  outer: u32,
  count: u32, // N
  inner: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.outer * params.inner) {
    return;
  }
  let base = at / params.inner * params.count * params.inner + at % params.inner;
  var sum = 0.0;
  for (var n = 0u; n < params.count; n++) {
    sum += x[base + n * params.inner];
  }
  y[at] = sum / f32(params.count);
}
