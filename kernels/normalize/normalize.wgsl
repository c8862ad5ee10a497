// Pixels to the planes of numbers that a model takes: y[b, c, p] = (x[b, p, c] / 255 - mean) / std.
//
// Layout: pixels x [B, HW], a word each, red in the lowest byte; y [B, 3, HW]; table [3, 256].
// A byte has only 256 values, so the host rounds them all as PyTorch does and the kernel looks them
// up: a division here may be off by 2.5 units in the last place.
// Parallel: four neighbouring pixels an invocation where VEC4, otherwise one.
struct Params {
  plane: u32, // of E
}

#if ${VEC4}
alias Words = vec4u;

fn table_of(at: Words) -> E {
  return vec4f(table_at(at.x), table_at(at.y), table_at(at.z), table_at(at.w));
}
#else
alias Words = u32;

fn table_of(at: Words) -> E {
  return table_at(at);
}
#endif

fn look_up(channel: u32, pixels: Words) -> E {
  return table_of(256u * channel + ((pixels >> Words(8u * channel)) & Words(255u)));
}

fn compute(i: u32) {
  let pixels = x_at(i);
  let red = i + i / params.plane * 2u * params.plane;
  set_y(red, look_up(0u, pixels));
  set_y(red + params.plane, look_up(1u, pixels));
  set_y(red + 2u * params.plane, look_up(2u, pixels));
}
