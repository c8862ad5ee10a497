// Copies vec4s from one buffer into another: what a kernel that only moves can reach here. An
// invocation moves four, as many workgroups apart as there are in a quarter of the buffer.
struct Params {
  quarter: u32, // vec4s
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * 256u;
  if (i >= params.quarter) {
    return;
  }
  let a = x[i];
  let b = x[i + params.quarter];
  let c = x[i + 2u * params.quarter];
  let d = x[i + 3u * params.quarter];
  y[i] = a;
  y[i + params.quarter] = b;
  y[i + 2u * params.quarter] = c;
  y[i + 3u * params.quarter] = d;
}
