// A NaN, for rows that an index outside its table asks for: a kernel cannot throw, and a row of NaN
// shows where a wrong but plausible one would not. WGSL has no NaN literal, and compilers may fold a
// constant bitcast away as an error, so the bits come from a run-time value that is always zero.
fn not_a_number(zero: u32) -> f32 {
  return bitcast<f32>(zero + 0x7fc00000u);
}
