// Where the least number of each row is, counted over all rows: y[row] = row D + column; the first
// of equal ones. A NaN is never the least; a row of nothing else gives its first column.
//
// Layout: x [rows, D] row-major; y [rows]. Parallel: a row an invocation: rows are few and short.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let row = gid.x + gid.y * grid.x * INVOCATIONS;
  if (row >= params.rows) {
    return;
  }
  let base = row * params.columns;
  var best = base;
  var found = false;
  for (var i = base; i < base + params.columns; i++) {
    // WGSL may take it that there are no NaNs, so the bits decide.
    let number = (bitcast<u32>(x[i]) & 0x7fffffffu) <= 0x7f800000u;
    if (number && (!found || x[i] < x[best])) {
      best = i;
      found = true;
    }
  }
  y[row] = best;
}
