// The derivative of sum(p log(p / q)) by p: dp = dy (log(p / q) + 1).
//
// Layout: p, dp [rows, C] row-major; q [C]; dy [rows]. Parallel: one invocation a share.
// At 0 the derivative is minus infinity; what softmax gives is never that small but by rounding, and
// there it is taken at the smallest number instead.
override INVOCATIONS: u32;
struct Params {
  length: u32,
  columns: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> q: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dp: array<f32>;

const smallest = 1.1754943508222875e-38;

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) lid: u32,
) {
  let i = (wid.x + wid.y * grid.x) * INVOCATIONS + lid;
  if (i >= params.length) {
    return;
  }
  let row = i / params.columns;
  let share = select(p[i], smallest, p[i] == 0.0);
  dp[i] = dy[row] * (log(share / q[i - row * params.columns]) + 1.0);
}
