// Start-up probe of how many cores a GPU has: multiply-adds in registers only, as many as keep one core
// busy. Sixteen chains hide the latency of each. Nothing is stored in practice, so that memory does
// not count; the condition is one that no compiler can decide.
@group(0) @binding(0) var<storage, read_write> y: array<vec4f>;

override ROUNDS: u32;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lid: u32) {
  let f = vec4f(0.5 + 1e-6 * f32(lid));
  let g = mat4x4f(f, f, f, f);
  var a = g;
  var b = 2.0 * g;
  var c = 3.0 * g;
  var d = 4.0 * g;
  for (var round = 0u; round < ROUNDS; round++) {
    a = a * f.x + g;
    b = b * f.x + g;
    c = c * f.x + g;
    d = d * f.x + g;
    a = a * f.x + g;
    b = b * f.x + g;
    c = c * f.x + g;
    d = d * f.x + g;
  }
  let sum = (a + b) + (c + d);
  if (sum[0].x < 0.0) {
    y[lid % 4u] = sum[lid % 4u];
  }
}
