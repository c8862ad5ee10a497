// Packs a matrix w [K, N] into panels of PANEL * 4 columns for the panel kernel.
//
// Layout: a line holds one step of a panel: rows 4s to 4s+3, PANEL texels each, so that the kernel's
// column in the texture never changes and only the line moves. Texel j of row k in panel p lies at
//   x = (p mod FOLD) * 4 PANEL + (k mod 4) * PANEL + j,  y = (p / FOLD) * steps + k / 4
// and holds w[k, (p * PANEL + j) * 4 .. +3]; zeros outside the matrix. FOLD panels stand side by
// side, so that no texture is higher than devices allow.
// w is stored [K, N], or [N, K] when TRANSPOSED, as PyTorch keeps the weights of a linear layer.
// Parallel: a texel an invocation.
struct Params {
  rows: u32, // K
  columns: u32, // N
  steps: u32, // ceil(K / 4)
  panel: u32, // PANEL
  fold: u32, // FOLD
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var packed: texture_storage_2d<${FORMAT}, write>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let x = wid.x * 64u + lid;
  if (x >= params.fold * 4u * params.panel) {
    return;
  }
  let panel = wid.y / params.steps * params.fold + x / (4u * params.panel);
  let k = wid.y % params.steps * 4u + x / params.panel % 4u;
  let n = (panel * params.panel + x % params.panel) * 4u;
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
