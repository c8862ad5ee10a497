// Softmax of each row: y = exp(x - max) / sum(exp(x - max)).
//
// Layout: x, y [rows, D] row-major. Parallel: rows (row_reduction.wgsl). The maximum is taken off first, so that no exponential overflows; a row
// with a NaN or with +infinity comes out NaN, as in PyTorch.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lid: u32,
) {
  let row = row_of(wid, grid, lid);
  if (row >= params.rows) {
    return;
  }
  let base = row * params.columns;

  var most = x[base];
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    most = max(most, x[base + i]);
  }
  most = row_max(most, lid);

  // max() may drop a NaN, but this sum does not.
  var sum = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    sum += exp(x[base + i] - most);
  }
  sum = row_sum(sum, lid);

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    y[base + i] = exp(x[base + i] - most) / sum;
  }
}
