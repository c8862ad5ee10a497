// Adds rows to rows of zeros: y[index[n], :] = the sum of all x[n, :] that go there.
//
// Layout: x [N, D], index [N], y [rows, D] row-major, as vec4 where D allows.
// Parallel: an element of y an invocation, which looks through the whole index: no atomics, so that
// two runs give the same bits. The index is short: the rows that are read or tuned.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E in y
  columns: u32, // of E in a row
  indices: u32, // N
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
  let row = at / params.columns;
  var sum = E();
  for (var n = 0u; n < params.indices; n++) {
    if (index[n] == row) {
      sum += x[n * params.columns + at % params.columns];
    }
  }
  y[at] = sum;
}
