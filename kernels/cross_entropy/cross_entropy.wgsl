// Cross-entropy of each row of logits and its label: y = log(sum e^(x - max)) - (x[label] - max).
//
// Layout: x [rows, D] row-major; labels, y [rows]. Parallel: rows (row_reduction.wgsl).
// A label outside the row gives NaN.
struct Params {
  rows: u32,
  columns: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

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

  if (leads(lid)) {
    if (labels[row] < params.columns) {
      y[row] = log(sum) - (x[base + labels[row]] - most);
    } else {
      y[row] = not_a_number(params.zero);
    }
  }
}
