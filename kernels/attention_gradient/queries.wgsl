// The derivative of attention by the queries, for software adapters: with s = q k^T * scale, p = softmax(s) and
// d = dy . y, dq = sum over keys of p (dy . v - d) k * scale.
//
// Layout: q, y, dy, dq [B, Q, H K], kv [B, T, 2 H K] row-major; ranges [B, Q, 2]; stats [B, Q, H], the
// largest score, one over the sum, and d, which the keys' derivative takes from here.
// Parallel: a head of a query an invocation, which goes over its keys twice: once for the softmax,
// once for the sum. Nothing of the size of the scores is kept.
struct Params {
  rows: u32, // of all sequences together
  heads: u32,
  head4: u32, // K / 4
  queries: u32, // Q, of a sequence
  keys: u32, // T, of a sequence
  prefix: u32, // keys at the beginning that all ranges have as well
  scale: f32,
}
override INVOCATIONS: u32;

// Four numbers of a head, 0 past its end.
fn load_q(row: u32, head: u32, c: u32) -> vec4f {
  return select(vec4f(), q_at((row * params.heads + head) * params.head4 + c), c < params.head4);
}
fn load_y(row: u32, head: u32, c: u32) -> vec4f {
  return y_at((row * params.heads + head) * params.head4 + c);
}
fn load_dy(row: u32, head: u32, c: u32) -> vec4f {
  return select(vec4f(), dy_at((row * params.heads + head) * params.head4 + c), c < params.head4);
}
fn load_kv(row: u32, head: u32, c: u32) -> vec4f {
  return kv_at((row * 2u * params.heads + head) * params.head4 + c);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let row = wid.x * INVOCATIONS + lid;
  let head = wid.y;
  if (row >= params.rows) {
    return;
  }
  let first = row / params.queries * params.keys;
#if ${RANGES}
  let range = min(ranges_at(row), vec2u(params.keys));
  let ahead = min(params.prefix, range.y);
  let begin = max(range.x, params.prefix);
  let count = ahead + max(range.y, begin) - begin;
#elif ${CAUSAL}
  let ahead = 0u;
  let begin = 0u;
  let count = min(params.keys, row % params.queries + 1u);
#else
  let ahead = 0u;
  let begin = 0u;
  let count = params.keys;
#endif

  var own: array<vec4f, HEAD4>;
  var slope: array<vec4f, HEAD4>;
  var along4 = vec4f();
  for (var c = 0u; c < HEAD4; c++) {
    own[c] = load_q(row, head, c) * params.scale;
    slope[c] = load_dy(row, head, c);
    along4 += slope[c] * load_y(row, head, c);
  }
  let along = (along4.x + along4.y) + (along4.z + along4.w);

  var most = -1e38;
  var sum = 0.0;
  for (var t = 0u; t < count; t++) {
    let key = first + select(begin + t - ahead, t, t < ahead);
    var products = vec4f();
    for (var c = 0u; c < HEAD4; c++) {
      products += own[c] * load_kv(key, head, c);
    }
    let score = (products.x + products.y) + (products.z + products.w);
    let larger = max(most, score);
    sum = sum * exp(most - larger) + exp(score - larger);
    most = larger;
  }

  var out: array<vec4f, HEAD4>;
  for (var t = 0u; t < count; t++) {
    let key = first + select(begin + t - ahead, t, t < ahead);
    var products = vec4f();
    var slopes = vec4f();
    for (var c = 0u; c < HEAD4; c++) {
      products += own[c] * load_kv(key, head, c);
      slopes += slope[c] * load_kv(key, head + params.heads, c);
    }
    let score = (products.x + products.y) + (products.z + products.w);
    let weight = exp(score - most) / sum * ((slopes.x + slopes.y) + (slopes.z + slopes.w) - along);
    for (var c = 0u; c < HEAD4; c++) {
      out[c] += weight * load_kv(key, head, c);
    }
  }

  set_stats(row * params.heads + head, vec4f(most, 1.0 / sum, along, 0.0));
  for (var c = 0u; c < HEAD4; c++) {
    if (c < params.head4) {
      set_dq((row * params.heads + head) * params.head4 + c, out[c] * params.scale);
    }
  }
}
