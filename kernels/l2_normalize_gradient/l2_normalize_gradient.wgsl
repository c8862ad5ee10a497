// The derivative by what a scaling of rows to length 1 got: with n = max(|x|, 1e-12) and z = x / n,
// y = (dy - z (z . dy)) / n, and y = dy / n where the row is shorter than that floor.
//
// Layout: x, dy, y [rows, D] row-major. Parallel: rows (row_reduction.wgsl).
// The row is first divided by its largest element, as on the way forward.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
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

  var most = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    most = max(most, abs(x[base + i]));
  }
  most = max(row_max(most, lid), 1e-12);

  var squares = 0.0;
  var products = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let part = x[base + i] / most;
    squares += part * part;
    products += part * dy[base + i];
  }
  let norm = sqrt(row_sum(squares, lid));
  let floor = 1e-12 / most;
  let short = norm < floor;
  let length = select(norm, floor, short);
  let along = select(row_sum(products, lid) / length, 0.0, short);

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let z = x[base + i] / most / length;
    y[base + i] = (dy[base + i] - z * along) / length / most;
  }
}
