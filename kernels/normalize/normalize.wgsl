// Pixels to the planes of numbers that a model takes: y[b, c, p] = (x[b, p, c] / 255 - mean) / std.
//
// Layout: pixels x [B, HW], a word each, red in the lowest byte; y [B, 3, HW]; table [3, 256].
// A byte has only 256 values, so the host rounds them all as PyTorch does and the kernel looks them
// up: a division here may be off by 2.5 units in the last place.
// Parallel: four neighbouring pixels an invocation where VEC4, otherwise one.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E, over all images
  plane: u32, // of E
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<${WORDS}>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

fn look_up(channel: u32, pixels: ${WORDS}) -> E {
  let i = 256u * channel + ((pixels >> ${WORDS}(8u * channel)) & ${WORDS}(255u));
#if ${VEC4}
  return vec4f(table[i.x], table[i.y], table[i.z], table[i.w]);
#else
  return table[i];
#endif
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * INVOCATIONS;
  if (i < params.count) {
    let pixels = x[i];
    let red = i + i / params.plane * 2u * params.plane;
    y[red] = look_up(0u, pixels);
    y[red + params.plane] = look_up(1u, pixels);
    y[red + 2u * params.plane] = look_up(2u, pixels);
  }
}
