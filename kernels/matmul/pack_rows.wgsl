// Packs a matrix w [K, N] into rows of whole vec4s for the tile kernels: packed[k, n4] holds
// w[k, 4 n4 .. +3], zeros past N, as two words of halves each where HALF.
//
// w is stored [K, N], or [N, K] when TRANSPOSED, as PyTorch keeps the weights of a linear layer.
// Parallel: a vec4 an invocation.
struct Params {
  rows: u32, // K
  columns: u32, // N
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> w: array<f32>;
#if ${HALF}
@group(0) @binding(2) var<storage, read_write> packed: array<vec2u>;
#else
@group(0) @binding(2) var<storage, read_write> packed: array<vec4f>;
#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = gid.x + gid.y * grid.x * 64u;
  let columns4 = (params.columns + 3u) / 4u;
  if (i >= params.rows * columns4) {
    return;
  }
  let k = i / columns4;
  let n = i % columns4 * 4u;
  var four = vec4f();
  for (var j = 0u; j < 4u; j++) {
    if (n + j < params.columns) {
#if ${TRANSPOSED}
      four[j] = w[(n + j) * params.rows + k];
#else
      four[j] = w[k * params.columns + n + j];
#endif
    }
  }
#if ${HALF}
  packed[i] = vec2u(pack2x16float(four.xy), pack2x16float(four.zw));
#else
  packed[i] = four;
#endif
}
