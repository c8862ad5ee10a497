// Picks rows: y[i, :] = x[index[i], :].
//
// Layout: x [R, D]; index [N]; y [N, D], as vec4 where D allows. Parallel: an element (of E) an
// invocation. An index outside x gives a row of NaN.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  columns: u32, // of E
  rows: u32, // R
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  let row = index[at / params.columns];
  if (row >= params.rows) {
    y[at] = E(not_a_number(params.zero));
  } else {
    y[at] = x[row * params.columns + at % params.columns];
  }
}
