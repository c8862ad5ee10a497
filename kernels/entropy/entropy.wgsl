// The entropy of softmax of each row of logits: y = -sum(p log p) = log(sum e) - sum(e z) / sum(e),
// with z = x - max and e = exp(z).
//
// Exact in the logarithm: unless EPS asks for -sum(p log(p + eps)), no epsilon is added to p, and no probability is formed that could round
// to 0 and take its logarithm with it. The largest logit's own e is 1 and is left out of the sum, so
// that log(1 + rest) keeps its digits where a row is nearly certain and its entropy tiny.
// Layout: x [rows, D] row-major; y [rows]. Parallel: rows (row_reduction.wgsl).
// -infinity is a probability of 0 and adds nothing; a row with NaN or +infinity gives NaN.
struct Params {
  rows: u32,
  columns: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// log(1 + r) for r >= 0; WGSL has only log(), which would lose a small r beside the 1.
fn log_one_plus(r: f32) -> f32 {
  let s = r / (2.0 + r);
  let s2 = s * s;
  let series = 2.0 * s * (1.0 + s2 * (1.0 / 3.0 + s2 * (0.2 + s2 * (1.0 / 7.0 + s2 / 9.0))));
  return select(series, log(1.0 + r), r > 0.3);
}

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

  var rest = 0.0;
  var largest = 0.0; // how many logits are the largest
  var weighted = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let z = x[base + i] - most;
    let e = exp(z);
    rest += select(e, 0.0, z == 0.0);
    largest += select(0.0, 1.0, z == 0.0);
    // Below this e is 0 in float32; without the guard -infinity would make 0 * infinity.
    weighted += select(e * z, 0.0, z < -200.0);
  }
  largest = row_sum(largest, lid);
  rest = row_sum(rest, lid) + (largest - 1.0);
#if ${EPS}
  // log(p + eps) = log(e + eps sum) - log(sum), which keeps its digits where p is nearly 1.
  let floor = params.eps * (1.0 + rest);
  weighted = 0.0;
  for (var i = first_of(lid); i < params.columns; i += stride()) {
    let e = exp(x[base + i] - most);
    weighted += e * select(log(e + floor), log_one_plus(floor), e == 1.0);
  }
  weighted = row_sum(weighted, lid);
  if (leads(lid)) {
    y[row] = log_one_plus(rest) - weighted / (1.0 + rest);
  }
#else
  weighted = row_sum(weighted, lid);
  if (leads(lid)) {
    y[row] = log_one_plus(rest) - weighted / (1.0 + rest);
  }
#endif
}
