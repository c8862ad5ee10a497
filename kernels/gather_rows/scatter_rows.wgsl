// Adds rows to rows of zeros: y[index[n], :] = the sum of all x[n, :] that go there.
//
// Layout: x [N, D], y [rows, D] row-major, as vec4 where D allows; next [rows + N] by `chain_rows.wgsl`.
// Parallel: an element of y an invocation, which goes along its row's chain: no atomics, so that two
// runs give the same bits.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E in y
  columns: u32, // of E in a row
  rows: u32,
  indices: u32, // N
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> next: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  var sum = E();
  var n = next[at / params.columns];
  while (n < params.indices) {
    sum += x[n * params.columns + at % params.columns];
    n = next[params.rows + n];
  }
  y[at] = sum;
}
