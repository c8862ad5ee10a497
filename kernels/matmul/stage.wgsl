// Copies rows of a matrix whose K is no multiple of 4 into texels: texel number m * K4 + c holds
// x[FIRST + m, 4c .. 4c+3], zeros past K. Where K is a multiple of 4 a plain copy does the same.
//
// Layout: x [M, K] row-major; texel number i lies at (i & 1023, i >> 10). Parallel: a texel an
// invocation.
struct Params {
  columns: u32, // K
  columns4: u32, // K4 = ceil(K / 4)
  rows: u32, // to copy
  first: u32, // row of x to begin with
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var staged: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let at = gid.x + gid.y * grid.x * 64u;
  if (at >= params.rows * params.columns4) {
    return;
  }
  let row = params.first + at / params.columns4;
  let k = at % params.columns4 * 4u;
  var texel = vec4f();
  for (var i = 0u; i < 4u; i++) {
    if (k + i < params.columns) {
      texel[i] = x[row * params.columns + k + i];
    }
  }
  textureStore(staged, vec2u(at & 1023u, at >> 10u), texel);
}
