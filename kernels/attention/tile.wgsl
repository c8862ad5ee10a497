// Attention for GPUs: y = softmax(q k^T * scale) v, head by head, without ever storing the scores.
//
// Layout: q [B, Q, q_columns], k and v [B, T, ..] row-major, the heads side by side from a first
// column on; y [B, Q, H K]. Parallel: an invocation owns one query row of one head: its q and its
// output stay in registers. The workgroup's 64 rows go over the keys together, KEYS at a time, which
// they copy into workgroup memory. Softmax is the running kind: when the largest score grows, sum
// and output are scaled down by as much.
struct Params {
  heads: u32,
  head: u32, // K
  queries: u32, // Q
  keys: u32, // T
  prefix: u32, // keys at the beginning that all ranges have as well
  scale: f32,
  q_columns: u32,
  k_columns: u32,
  v_columns: u32,
  q_offset: u32,
  k_offset: u32,
  v_offset: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> q: array<${ELEMENT}>;
@group(0) @binding(2) var<storage, read> k: array<${ELEMENT}>;
@group(0) @binding(3) var<storage, read> v: array<${ELEMENT}>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
#if ${RANGES}
@group(0) @binding(5) var<storage, read> ranges: array<vec2u>;
#endif

const HEAD4 = ${HEAD4}u; // ceil(K / 4), rounded up to what the kernel is built for
const KEYS = ${KEYS}u;
const TILE = ${TILE}; // KEYS * HEAD4
var<workgroup> k_tile: array<vec4f, TILE>;
var<workgroup> v_tile: array<vec4f, TILE>;

${LOADS}

#if ${RANGES}
// With ranges the shared keys come first, then those from where the first of the ranges begins.
fn key_at(t: u32, begin: u32) -> u32 {
  return select(begin + t - params.prefix, t, t < params.prefix);
}
#endif

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let query0 = wid.x * 64u;
  let query = query0 + lid;
  let key0 = wid.z * params.keys;
  let own_row = wid.z * params.queries + min(query, params.queries - 1u);
#if ${RANGES}
  // The loop over keys holds barriers, so its bounds must be the same for the whole workgroup: all
  // invocations look at all of its ranges.
  var all = vec2u(params.keys, 0u);
  for (var i = query0; i < min(query0 + 64u, params.queries); i++) {
    let one = ranges[wid.z * params.queries + i];
    all = vec2u(min(all.x, one.x), max(all.y, one.y));
  }
  let begin = max(all.x, params.prefix);
  let end = params.prefix + max(min(all.y, params.keys), begin) - begin;
  let start = ranges[own_row].x;
  let limit = min(ranges[own_row].y, params.keys);
#elif ${CAUSAL}
  let end = min(params.keys, query0 + 64u);
  let limit = query + 1u;
#else
  let end = params.keys;
  let limit = params.keys;
#endif

  var own: array<vec4f, HEAD4>;
  var out: array<vec4f, HEAD4>;
  for (var c = 0u; c < HEAD4; c++) {
    own[c] = load_q(own_row, wid.y, c) * params.scale;
  }
  var most = -3.4e38;
  var sum = 0.0;

  for (var block = 0u; block < end; block += KEYS) {
    workgroupBarrier();
    for (var i = lid; i < KEYS * HEAD4; i += 64u) {
#if ${RANGES}
      let key = key_at(block + i / HEAD4, begin);
#else
      let key = block + i / HEAD4;
#endif
      let row = key0 + min(key, params.keys - 1u);
      k_tile[i] = load_k(row, wid.y, i % HEAD4);
      v_tile[i] = load_v(row, wid.y, i % HEAD4);
    }
    workgroupBarrier();
    for (var j = 0u; j < KEYS; j++) {
#if ${RANGES}
      let key = key_at(block + j, begin);
      let seen = (key >= start || key < params.prefix) && key < limit;
#else
      let seen = block + j < limit;
#endif
      if (seen) {
        var products = vec4f();
        for (var c = 0u; c < HEAD4; c++) {
          products += own[c] * k_tile[j * HEAD4 + c];
        }
        let score = (products.x + products.y) + (products.z + products.w);
        let larger = max(most, score);
        let shrink = exp(most - larger);
        let weight = exp(score - larger);
        sum = sum * shrink + weight;
        most = larger;
        for (var c = 0u; c < HEAD4; c++) {
          out[c] = out[c] * shrink + weight * v_tile[j * HEAD4 + c];
        }
      }
    }
  }

  if (query < params.queries) {
    let at = (own_row * params.heads + wid.y) * params.head;
    for (var c = 0u; c < HEAD4; c++) {
      for (var i = 0u; i < 4u; i++) {
        if (4u * c + i < params.head) {
          y[at + 4u * c + i] = out[c][i] / sum;
        }
      }
    }
  }
}
