// Multiply-adds in registers only: what a kernel that only computes can reach here.
// Eight independent chains of vec4s hide the latency of each.
struct Params {
  rounds: u32,
  factor: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let f = vec4f(params.factor);
  let seed = vec4f(f32(gid.x % 8u));
  var a = seed;
  var b = seed + 1.0;
  var c = seed + 2.0;
  var d = seed + 3.0;
  var e = seed + 4.0;
  var g = seed + 5.0;
  var h = seed + 6.0;
  var i = seed + 7.0;
  for (var round = 0u; round < params.rounds; round++) {
    for (var n = 0u; n < 8u; n++) {
      a = a * f + f;
      b = b * f + f;
      c = c * f + f;
      d = d * f + f;
      e = e * f + f;
      g = g * f + f;
      h = h * f + f;
      i = i * f + f;
    }
  }
  y[gid.x] = ((a + b) + (c + d)) + ((e + g) + (h + i));
}
