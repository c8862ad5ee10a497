// More channels, of zeros: y[i, c] = x[i, c] where x has the channel, 0 where it has not.
//
// Layout: x [N, C], y [N, D], row-major; N is everything before the last axis.
// Parallel: an element of y an invocation.
struct Params {
  count: u32, // elements of y
  channels: u32, // C
  padded: u32, // D
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let channel = i % params.padded;
  var value = 0.0;
  if (channel < params.channels) {
    value = x[i / params.padded * params.channels + channel];
  }
  y[i] = value;
}
