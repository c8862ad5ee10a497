// Halves, two to a word, to float32: exact.
//
// In integer arithmetic: unpack2x16float() may take subnormals for zero.
// Layout: flat, y as the bits of two numbers. Parallel: a word an invocation; the padding that every
// tensor has takes what is over.
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

fn compute(i: u32) {
  let word = x_at(i);
  set_y(i, vec2u(bits_of(word & 0xffffu), bits_of(word >> 16u)));
}
