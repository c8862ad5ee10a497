// PReLU: y = x where x is at least 0, slope * x below, with a slope for each channel.
//
// Layout: x, y [rows, C]; slope [C]; read as vec4 where C allows.
// Parallel: an element (of E) an invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  channels: u32, // of E
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> slope: array<E>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i < params.count) {
    let value = x[i];
    y[i] = select(value, value * slope[i % params.channels], value < E());
  }
}
