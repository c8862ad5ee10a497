// The derivative of the entropy of softmax by the logits: y = -dy p (log p + H), with H the entropy.
//
// Layout: x, y [rows, D] row-major; dy [rows]. Parallel: rows (row_reduction.wgsl).
// log p = z - log(sum e) and H = log(sum e) - sum(e z) / sum(e), z = x - max, so that the logarithms
// cancel: y = -dy p (z - mean), with mean = sum(p z). A row that is nearly certain keeps its digits.
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

  var most = x[base];
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    most = max(most, x[base + i]);
  }
  most = row_max(most, lid);

  var sum = 0.0;
  var weighted = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let z = x[base + i] - most;
    let e = exp(z);
    sum += e;
    // Below this e is 0 in float32; without the guard -infinity would make 0 * infinity.
    weighted += select(e * z, 0.0, z < -200.0);
  }
  sum = row_sum(sum, lid);
  let mean = row_sum(weighted, lid) / sum;

  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let z = x[base + i] - most;
    y[base + i] = select(-dy[row] * exp(z) / sum * (z - mean), 0.0, z < -200.0);
  }
}
