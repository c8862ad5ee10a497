// Multiply-adds in registers only: what a kernel that only computes can reach here.
// Sixteen independent chains of vec4s (four matrices) hide the latency of each. Four steps a round:
// a driver may order the work chain by chain, and longer chains would wait for themselves.
struct Params {
  rounds: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let f = params.factor;
  let row = vec4f(f);
  let step = mat4x4f(row, row, row, row);
  let seed = f32(gid.x % 8u);
  var a = step * seed;
  var b = step * (seed + 1.0);
  var c = step * (seed + 2.0);
  var d = step * (seed + 3.0);
  for (var round = 0u; round < params.rounds; round++) {
    a = a * f + step;
    b = b * f + step;
    c = c * f + step;
    d = d * f + step;
    a = a * f + step;
    b = b * f + step;
    c = c * f + step;
    d = d * f + step;
    a = a * f + step;
    b = b * f + step;
    c = c * f + step;
    d = d * f + step;
    a = a * f + step;
    b = b * f + step;
    c = c * f + step;
    d = d * f + step;
  }
  let sum = (a + b) + (c + d);
  y[gid.x] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}
