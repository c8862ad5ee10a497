// Cuts images into square patches: y[b, g, (c S + i) S + j] = x[b, c, gy S + i, gx S + j].
//
// Layout: x [B, C, H, W]; y [B, G, C S S], patches row by row, each in the order of a convolution's
// weight, so that patch embedding is a matmul. What is left over at the right and below is dropped,
// as a convolution of that stride drops it. Where S and W are multiples of 4, four neighbours are
// copied at a time, as texels on software adapters.
// Parallel: an element (of E) an invocation.
alias E = ${ELEMENT};
struct Params {
  count: u32, // of E
  channels: u32,
  height: u32,
  width: u32, // W, of E
  size: u32, // S
  size_e: u32, // S, of E
  across: u32, // patches in a row
  down: u32, // rows of patches
}
@group(0) @binding(0) var<uniform> params: Params;
#if ${TEXELS}
@group(0) @binding(1) var x: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(1) var<storage, read> x: array<E>;
#endif
@group(0) @binding(2) var<storage, read_write> y: array<E>;

override INVOCATIONS: u32;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * INVOCATIONS;
  if (at >= params.count) {
    return;
  }
  let j = at % params.size_e;
  var rest = at / params.size_e;
  let i = rest % params.size;
  rest /= params.size;
  let c = rest % params.channels;
  rest /= params.channels;
  let gx = rest % params.across;
  rest /= params.across;
  let gy = rest % params.down;
  let b = rest / params.down;
  let row = (b * params.channels + c) * params.height + gy * params.size + i;
  let from_x = row * params.width + gx * params.size_e + j;
#if ${TEXELS}
  y[at] = textureLoad(x, vec2u(from_x & 1023u, from_x >> 10u));
#else
  y[at] = x[from_x];
#endif
}
