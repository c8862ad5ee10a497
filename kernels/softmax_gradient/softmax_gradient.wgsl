// The derivative of softmax by its operand: dx = y (dy - sum(y dy)), where y is what softmax gave.
//
// What all of dy has in common goes out of the difference, since y adds up to 1. It is taken off first
// (the row's first number will do): where dy is nearly even, the difference keeps its digits.
// Layout: y, dy, dx [rows, D] row-major. Parallel: rows (row_reduction.wgsl).
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

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

  let even = dy[base];
  var mean = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    mean += y[base + i] * (dy[base + i] - even);
  }
  mean = row_sum(mean, lid);

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    dx[base + i] = y[base + i] * ((dy[base + i] - even) - mean);
  }
}
