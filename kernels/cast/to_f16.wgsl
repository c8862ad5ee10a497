// Float32 to halves, two to a word: rounded to nearest, ties to even, like Float16Array.
//
// In integer arithmetic, because WGSL leaves open how pack2x16float() rounds and what becomes of
// numbers out of range. Layout: flat, x as the bits of two numbers. Parallel: a word (two
// numbers) an invocation; the padding that every tensor has takes the odd one.
fn half_of(bits: u32) -> u32 {
  let sign = (bits >> 16u) & 0x8000u;
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {
    return sign | 0x7e00u; // NaN
  }
  if (magnitude >= 0x477ff000u) {
    return sign | 0x7c00u; // 65520 and above round to infinity
  }
  if (magnitude >= 0x38800000u) {
    // Normal: 13 bits go. Adding just under half of the last one kept, and that one itself if it is
    // odd, rounds to nearest even; a carry moves the exponent up, as it should.
    let rounded = magnitude + 0xfffu + ((magnitude >> 13u) & 1u);
    return sign | ((rounded - 0x38000000u) >> 13u);
  }
  // Subnormal: the significand, with its leading 1, goes right until its unit is 2^-24.
  let exponent = magnitude >> 23u;
  if (exponent < 102u) {
    return sign; // below half of the smallest subnormal
  }
  let significand = (magnitude & 0x7fffffu) | 0x800000u;
  let shift = 126u - exponent; // 14 to 24
  let kept = significand >> shift;
  let lost = significand & ((1u << shift) - 1u);
  let half = 1u << (shift - 1u);
  let up = lost > half || (lost == half && (kept & 1u) == 1u);
  return sign | (kept + select(0u, 1u, up));
}

fn compute(i: u32) {
  let pair = x_at(i);
  set_y(i, half_of(pair.x) | (half_of(pair.y) << 16u));
}
