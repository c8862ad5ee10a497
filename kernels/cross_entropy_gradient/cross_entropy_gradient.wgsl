// The derivative of the cross-entropy by the logits: y = dy (p - 1 at the label), p = softmax(x).
//
// Layout: x, y [rows, D] row-major; labels, dy [rows]. Parallel: rows (row_reduction.wgsl).
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;

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

  var sum = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    sum += exp(x[base + i] - most);
  }
  sum = row_sum(sum, lid);

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let p = exp(x[base + i] - most) / sum;
    y[base + i] = dy[row] * (p - select(0.0, 1.0, i == labels[row]));
  }
}
