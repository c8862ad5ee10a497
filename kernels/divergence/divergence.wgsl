// How far shares are from others: y = sum(p log(p / q)), Kullback and Leibler's divergence, in nats.
//
// Where q is 1, this is the entropy with a minus before it.
// Layout: p [rows, C] row-major; q [C], above 0; y [rows]. Parallel: rows (row_reduction.wgsl).
// A share of 0 adds nothing; one below 0 has no logarithm, and the row is NaN.
struct Params {
  rows: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
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
  var sum = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let share = p[row * params.columns + i];
    sum += select(share * log(share / q[i]), 0.0, share == 0.0);
  }
  sum = row_sum(sum, lid);
  if (leads(lid)) {
    y[row] = sum;
  }
}
