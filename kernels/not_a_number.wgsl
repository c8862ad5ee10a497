// A NaN, for results that do not exist: a kernel cannot throw, and a NaN shows where a wrong but
// plausible number would not. WGSL has no NaN literal, and compilers refuse or fold a constant one,
// so the bits come from a run-time value: `small` may be anything below them.
fn not_a_number(small: u32) -> f32 {
  return bitcast<f32>(max(small, 0x7fc00000u));
}

