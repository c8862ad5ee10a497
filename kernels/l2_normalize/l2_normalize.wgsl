// Scales each row to length 1: y = x / max(|x|, 1e-12), so that a row of zeros stays zeros.
//
// Layout: x, y [rows, D] row-major. Parallel: rows (row_reduction.wgsl).
// The row is first divided by its largest element: squares of large or tiny numbers would leave
// float32's range.
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

  var most = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    most = max(most, abs(x[base + i]));
  }
  // The floor is that of the norm: a smaller row is divided by it and not brought to length 1.
  most = max(row_max(most, lid), 1e-12);

  var squares = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let part = x[base + i] / most;
    squares += part * part;
  }
  let norm = sqrt(row_sum(squares, lid));
  let floor = 1e-12 / most;
  let length = select(norm, floor, norm < floor); // not max(): it may drop a NaN

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    y[base + i] = x[base + i] / most / length;
  }
}
