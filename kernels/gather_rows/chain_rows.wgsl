// Chains up the entries of an index that name the same row: next[row] is the first entry that names
// it, next[rows + n] the first after entry n that names the same row; the number of entries where
// there is none.
//
// Layout: index [N], next [rows + N].
// Parallel: a place of `next` an invocation, which looks through the index: once for a row, where
// scattering would do it once for each of its columns.
struct Params {
  rows: u32,
  indices: u32, // N
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> next: array<u32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.rows + params.indices) {
    return;
  }
  var row = at;
  var n = 0u;
  if (at >= params.rows) {
    row = index[at - params.rows];
    n = at - params.rows + 1u;
  }
  while (n < params.indices && index[n] != row) {
    n++;
  }
  next[at] = n;
}
