// Multiply-adds in registers only: what a kernel that only computes can reach here.
// Three independent chains of vec4s, written out, hide the latency of each and fit the registers of
// a CPU's vector unit; a GPU hides it with its many invocations.
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
  var a = vec4f(f32(gid.x % 8u));
  var b = a + 1.0;
  var c = a + 2.0;
  for (var round = 0u; round < params.rounds; round++) {
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
    a = a * f + f; b = b * f + f; c = c * f + f;
  }
  y[gid.x] = a + b + c;
}
