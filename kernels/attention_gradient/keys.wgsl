// The derivative of attention by keys and values, for software adapters: with p the weight of a key for a query and
// d = dy . y, dv = sum over queries of p dy, and dk = sum of p (dy . v - d) q * scale.
//
// Layout: q, dy [B, Q, H K], kv, dkv [B, T, 2 H K] row-major; ranges [B, Q, 2]; seen_by [B, T, 2], the
// queries that may see a key; stats as `queries.wgsl` leaves them.
// Parallel: a head of a key an invocation, which goes over the queries that see it: no atomics.
struct Params {
  rows: u32, // of all keys together
  heads: u32,
  head4: u32, // K / 4
  queries: u32, // Q, of a sequence
  keys: u32, // T, of a sequence
  prefix: u32, // keys at the beginning that all ranges have as well
  scale: f32,
}
override INVOCATIONS: u32;

// Four numbers of a head, 0 past its end where the other factor is not.
fn load_q(row: u32, head: u32, c: u32) -> vec4f {
  return q_at((row * params.heads + head) * params.head4 + c);
}
fn load_dy(row: u32, head: u32, c: u32) -> vec4f {
  return dy_at((row * params.heads + head) * params.head4 + c);
}
fn load_kv(row: u32, head: u32, c: u32) -> vec4f {
  let at = (row * 2u * params.heads + head) * params.head4 + c;
  return select(vec4f(), kv_at(at), c < params.head4);
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
  let begin = seen_by_at(row).x;
  let end = min(seen_by_at(row).y, params.queries);
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
    let range = ranges_at(query);
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
      let kept = stats_at(query * params.heads + head);
      let p = exp(score - kept.x) * kept.y;
      let weight = p * ((slopes.x + slopes.y) + (slopes.z + slopes.w) - kept.z);
      for (var c = 0u; c < HEAD4; c++) {
        dk[c] += weight * load_q(query, head, c);
        dv[c] += p * load_dy(query, head, c);
      }
    }
  }

  for (var c = 0u; c < HEAD4; c++) {
    if (c < params.head4) {
      let at = (row * 2u * params.heads + head) * params.head4 + c;
      set_dkv(at, dk[c] * params.scale);
      set_dkv(at + params.heads * params.head4, dv[c]);
    }
  }
}
