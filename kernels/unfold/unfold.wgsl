// Puts each time step beside its neighbours: y[b, t, :] = x[b, t-1, :], x[b, t, :], x[b, t+1, :],
// zeros outside the clip. So a convolution over time is a matmul.
//
// Layout: x [B, T, D]; y [B, T, 3 D], as vec4 where D allows. Parallel: an element (of E) an
// invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  columns: u32, // D, of E
  steps: u32, // T
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  let column = at % params.columns;
  let tap = at / params.columns % 3u;
  let row = at / params.columns / 3u; // b T + t
  // From 1 to T inside the clip, so that no step is below zero.
  let t = row % params.steps + tap;
  var value = E();
  if (t >= 1u && t <= params.steps) {
    value = x[(row + tap - 1u) * params.columns + column];
  }
  y[at] = value;
}
