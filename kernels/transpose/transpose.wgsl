// Turns a matrix round: y[c, r] = x[r, c].
//
// Layout: x [rows, columns], y [columns, rows] row-major. Parallel: an element of y an invocation.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at < params.rows * params.columns) {
    y[at] = x[at % params.rows * params.columns + at / params.rows];
  }
}
