// The derivative of attention by keys and values: with p the weight of a key for a query and
// d = dy . y, dv = sum over queries of p dy, and dk = sum of p (dy . v - d) q * scale.
//
// Layout: q, dy [B, Q, H K], kv, dkv [B, T, 2 H K] row-major; ranges [B, Q, 2]; seen_by [B, T, 2], the
// queries that may see a key; stats as `queries.wgsl` leaves them.
// Parallel: a head of a key an invocation, which goes over the queries that see it: no atomics.
struct Params {
  rows: u32, // of all keys together
  heads: u32,
  head: u32, // K
  width: u32, // H K
  queries: u32, // Q, of a sequence
  keys: u32, // T, of a sequence
  prefix: u32, // keys at the beginning that all ranges have as well
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
${OPERANDS}
#if ${TEXELS}
@group(0) @binding(4) var stats: texture_storage_2d<rgba32float, read>;
#else
@group(0) @binding(4) var<storage, read> stats: array<vec4f>;
#endif
${RESULT}
#if ${RANGES}
@group(0) @binding(6) var<storage, read> ranges: array<vec2u>;
#endif
#if ${SEEN_BY}
@group(0) @binding(7) var<storage, read> seen_by: array<vec2u>;
#endif

const HEAD4 = ${HEAD4}u;
override INVOCATIONS: u32;

fn load_stats(i: u32) -> vec4f {
#if ${TEXELS}
  return textureLoad(stats, vec2u(i & 1023u, i >> 10u));
#else
  return stats[i];
#endif
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = wid.x * INVOCATIONS + lid;
  let head = wid.y;
  if (row >= params.rows) {
    return;
  }
  let key = row % params.keys;
  let first = row / params.keys * params.queries;
#if ${SEEN_BY}
  let begin = seen_by[row].x;
  let end = min(seen_by[row].y, params.queries);
#elif ${CAUSAL}
  let begin = key;
  let end = params.queries;
#else
  let begin = 0u;
  let end = params.queries;
#endif

  var k: array<vec4f, HEAD4>;
  var v: array<vec4f, HEAD4>;
  var dk: array<vec4f, HEAD4>;
  var dv: array<vec4f, HEAD4>;
  for (var c = 0u; c < HEAD4; c++) {
    k[c] = load_kv(row, head, c) * params.scale;
    v[c] = load_kv(row, head + params.heads, c);
  }
  for (var i = begin; i < end; i++) {
    let query = first + i;
#if ${RANGES}
    let range = ranges[query];
    let seen = (key >= range.x || key < params.prefix) && key < range.y;
#else
    let seen = true;
#endif
    if (seen) {
      var products = vec4f();
      var slopes = vec4f();
      for (var c = 0u; c < HEAD4; c++) {
        products += k[c] * load_q(query, head, c);
        slopes += v[c] * load_dy(query, head, c);
      }
      let score = (products.x + products.y) + (products.z + products.w);
      let kept = load_stats(query * params.heads + head);
      let p = exp(score - kept.x) * kept.y;
      let weight = p * ((slopes.x + slopes.y) + (slopes.z + slopes.w) - kept.z);
      for (var c = 0u; c < HEAD4; c++) {
        dk[c] += weight * load_q(query, head, c);
        dv[c] += p * load_dy(query, head, c);
      }
    }
  }

  for (var c = 0u; c < HEAD4; c++) {
    store_dkv(row, head, c, dk[c] * params.scale);
    store_dkv(row, head + params.heads, c, dv[c]);
  }
}
