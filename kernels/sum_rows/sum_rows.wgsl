// Adds up rows: y[c] = the sum over rows of x[row, c].
//
// Layout: x [rows, D] row-major; y [D]. Parallel: a column an invocation, so that neighbours read
// neighbours.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  if (gid.x >= params.columns) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < params.rows; row++) {
    sum += x[row * params.columns + gid.x];
  }
  y[gid.x] = sum;
}
