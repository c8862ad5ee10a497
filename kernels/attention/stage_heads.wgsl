// Copies the heads of q, k or v into a texture: texel (h * K4 + c, row) = x[row, offset + h K + 4c ..],
// zeros past the head's K numbers.
//
// Software adapters read texels several times faster than buffers, and every head is read once for
// each few queries. Layout: x [rows, columns] row-major. Parallel: a texel an invocation.
struct Params {
  columns: u32, // of x
  offset: u32, // first column
  head: u32, // K
  head4: u32, // ceil(K / 4)
  heads: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<${ELEMENT}>;
@group(0) @binding(2) var staged: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let column = wid.x * 64u + lid;
  if (column >= params.heads * params.head4) {
    return;
  }
#if ${VEC4}
  let texel = x[(wid.y * params.columns + params.offset) / 4u + column];
#else
  let first = wid.y * params.columns + params.offset + column / params.head4 * params.head;
  let c = column % params.head4 * 4u;
  var texel = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (c + i < params.head) {
      texel[i] = x[first + c + i];
    }
  }
#endif
  textureStore(staged, vec2u(column, wid.y), texel);
}
