// Packs a matrix w [K, N] into panels of PANEL * 4 columns for the panel kernel.
//
// Layout: panel p, row k, texel j of the row: x = (k mod 256) * PANEL + j, y = p * chunks + k / 256,
// holding w[k, (p * PANEL + j) * 4 .. +3]; zeros outside the matrix. So a panel is read from left to
// right, line by line, and no texture is wider than devices allow.
// w is stored [K, N], or [N, K] when TRANSPOSED, as PyTorch keeps the weights of a linear layer.
// Parallel: a texel an invocation.
struct Params {
  rows: u32, // K
  columns: u32, // N
  chunks: u32, // ceil(K / 256)
  panel: u32, // texels in a row of a panel
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var packed: texture_storage_2d<${FORMAT}, write>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let x = wid.x * 64u + lid;
  let width = textureDimensions(packed).x;
  if (x >= width) {
    return;
  }
  let k = wid.y % params.chunks * 256u + x / params.panel;
  let n = (wid.y / params.chunks * params.panel + x % params.panel) * 4u;
  var texel = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (k < params.rows && n + i < params.columns) {
#if ${TRANSPOSED}
      texel[i] = w[(n + i) * params.rows + k];
#else
      texel[i] = w[k * params.columns + n + i];
#endif
    }
  }
  textureStore(packed, vec2u(x, wid.y), texel);
}
