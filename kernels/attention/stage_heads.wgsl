// Copies the heads of q, k or v, whose sizes do not fit whole texels, into texels: number
// row * H K4 + h K4 + c holds x[row, offset + h K + 4c ..], zeros past the head's K numbers. Where all
// sizes are multiples of 4 a plain copy of the tensor serves instead.
//
// Layout: x [rows, columns] row-major; texel number i lies at (i & 1023, i >> 10). Parallel: a texel
// an invocation.
struct Params {
  rows: u32,
  columns: u32, // of x
  offset: u32, // first column
  head: u32, // K
  head4: u32, // K4 = ceil(K / 4)
  heads: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var staged: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * 64u;
  let width4 = params.heads * params.head4;
  if (at >= params.rows * width4) {
    return;
  }
  let column = at % width4;
  let first = at / width4 * params.columns + params.offset + column / params.head4 * params.head;
  let c = column % params.head4 * 4u;
  var texel = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (c + i < params.head) {
      texel[i] = x[first + c + i];
    }
  }
  textureStore(staged, vec2u(at & 1023u, at >> 10u), texel);
}
