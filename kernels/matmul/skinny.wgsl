// Matmul for GPUs with up to 8 rows: y = activation(x w + bias) + residual.
//
// With so few rows there are too few tiles to fill a GPU and every weight is used only once or
// twice, so the reading of w is all that counts.
// Layout: as in tile.wgsl. Parallel: a workgroup of 256 computes 8 rows x 64 columns; 16 invocations
// side by side read neighbouring vec4s of w, and 16 such groups share K between them, each taking
// every 16th row; their sums meet in workgroup memory.
struct Params {
  m: u32,
  k: u32,
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<${W_ELEMENT}>;
@group(0) @binding(3) var<storage, read_write> y: array<${Y_ELEMENT}>;
#if ${BIAS}
@group(0) @binding(4) var<storage, read> bias: array<${Y_ELEMENT}>;
#endif
#if ${RESIDUAL}
@group(0) @binding(5) var<storage, read> residual: array<${Y_ELEMENT}>;
#endif

var<workgroup> partials: array<vec4f, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let columns4 = (params.n + 3u) / 4u;
  let n4 = wid.x * 16u + lid % 16u;
  var sums: array<vec4f, 8>;
  if (n4 < columns4) {
    for (var k = lid / 16u; k < params.k; k += 16u) {
#if ${HALF}
      let words = w[k * columns4 + n4];
      let own = vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
#else
      let own = w[k * columns4 + n4];
#endif
      for (var row = 0u; row < 8u; row++) {
        if (row < params.m) {
          sums[row] += x[row * params.k + k] * own;
        }
      }
    }
  }
  for (var row = 0u; row < params.m; row++) {
    workgroupBarrier();
    partials[lid] = sums[row];
    workgroupBarrier();
    for (var half = 8u; half > 0u; half /= 2u) {
      if (lid < 16u * half) {
        partials[lid] += partials[lid + 16u * half];
      }
      workgroupBarrier();
    }
    if (lid < 16u && n4 < columns4) {
      store(row, n4, partials[lid] + load_bias(n4));
    }
  }
}
