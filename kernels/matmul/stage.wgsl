// Copies rows of a matrix into a texture: texel (k, m) = x[FIRST + m, 4k .. 4k+3], zeros past K.
//
// The panel kernel reads every row once for each panel of columns, and software adapters read texels
// several times faster than buffers, so one copy pays for itself.
// Layout: x [M, K] row-major, read as vec4 where K allows. Parallel: a texel an invocation.
struct Params {
  columns: u32, // K
  rows: u32, // to copy
  first: u32, // row of x to begin with
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<${ELEMENT}>;
@group(0) @binding(2) var staged: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let k4 = wid.x * 64u + lid;
  let columns4 = (params.columns + 3u) / 4u;
  if (k4 >= columns4) {
    return;
  }
  let row = params.first + wid.y;
#if ${VEC4}
  let texel = x[row * columns4 + k4];
#else
  var texel = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (4u * k4 + i < params.columns) {
      texel[i] = x[row * params.columns + 4u * k4 + i];
    }
  }
#endif
  textureStore(staged, vec2u(k4, wid.y), texel);
}
