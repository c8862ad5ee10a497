// One step of AdamW with decoupled weight decay:
//   m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g g,
//   p = p (1 - rate decay) - rate (m c1) / (sqrt(v c2) + eps),
// where c1 = 1 / (1 - b1^t) and c2 = 1 / (1 - b2^t) come from the host, which has the digits for them.
//
// Layout: all flat and of the same size; correction [2]. Parallel: an element an invocation.
struct Params {
  count: u32,
  rate: f32,
  b1: f32,
  rest1: f32, // 1 - b1
  b2: f32,
  rest2: f32, // 1 - b2
  eps: f32,
  keep: f32, // 1 - rate decay
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> p: array<f32>;
@group(0) @binding(2) var<storage, read> g: array<f32>;
@group(0) @binding(3) var<storage, read> m: array<f32>;
@group(0) @binding(4) var<storage, read> v: array<f32>;
@group(0) @binding(5) var<storage, read> correction: array<f32>;
@group(0) @binding(6) var<storage, read_write> new_p: array<f32>;
@group(0) @binding(7) var<storage, read_write> new_m: array<f32>;
@group(0) @binding(8) var<storage, read_write> new_v: array<f32>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.count) {
    return;
  }
  let mean = params.b1 * m[i] + params.rest1 * g[i];
  let square = params.b2 * v[i] + params.rest2 * g[i] * g[i];
  let step = mean * correction[0] / (sqrt(square * correction[1]) + params.eps);
  new_m[i] = mean;
  new_v[i] = square;
  new_p[i] = p[i] * params.keep - params.rate * step;
}
