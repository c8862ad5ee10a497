// Halves, two to a word, or bytes, four to a word, to float32: exact.
//
// Halves are taken apart in integer arithmetic: unpack2x16float() may take subnormals for zero.
// Layout: flat. Parallel: a word an invocation; the padding that every tensor has takes what is over.
struct Params {
  words: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<u32>;
#if ${BYTES}
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
#else
@group(0) @binding(2) var<storage, read_write> y: array<vec2u>; // the bits of the float32s
#endif

override INVOCATIONS: u32;

fn bits_of(half: u32) -> u32 {
  let sign = (half & 0x8000u) << 16u;
  let exponent = (half >> 10u) & 31u;
  let fraction = half & 0x3ffu;
  if (exponent == 31u) {
    return sign | 0x7f800000u | (fraction << 13u);
  }
  if (exponent != 0u) {
    return sign | ((exponent + 112u) << 23u) | (fraction << 13u);
  }
  if (fraction == 0u) {
    return sign;
  }
  // Subnormal: shift the leading 1 out of the fraction and count.
  let top = firstLeadingBit(fraction);
  return sign | ((top + 103u) << 23u) | ((fraction << (23u - top)) & 0x7fffffu);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i >= params.words) {
    return;
  }
  let word = x[i];
#if ${BYTES}
  y[i] = vec4f(vec4u(word, word >> 8u, word >> 16u, word >> 24u) & vec4u(255u));
#else
  y[i] = vec2u(bits_of(word & 0xffffu), bits_of(word >> 16u));
#endif
}
