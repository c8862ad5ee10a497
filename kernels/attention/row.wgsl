// What `block.wgsl` computes, for few queries: a workgroup owns one query of one head. It goes over the
// keys 64 at a time: an invocation scores one; then it sums a vec4 column, of as many keys as the
// others leave over.
#if ${GRADIENT}
var<workgroup> slope: array<vec4f, 64>;
#endif
const HEAD4 = CHUNKS * LANES;
const TAKERS = 64u / HEAD4;
var<workgroup> asked: array<vec4f, 64>;
var<workgroup> parts: array<vec4f, 64>;
var<workgroup> weights: array<f32, 64>;
var<workgroup> found: array<vec2f, 8>;

// Over all invocations: the largest of the ones, and the sum of the others.
fn of_all(lid: u32, one: f32, other: f32) -> vec2f {
  workgroupBarrier();
  parts[lid] = vec4f(one, other, 0.0, 0.0);
  workgroupBarrier();
  if (lid < 8u) {
    var known = parts[lid].xy;
    for (var l = 0u; l < EIGHT; l++) {
      if (l > 0u) {
        let next = parts[8u * l + lid].xy;
        known = vec2f(max(known.x, next.x), known.y + next.y);
      }
    }
    found[lid] = known;
  }
  workgroupBarrier();
  var all = found[0];
  for (var l = 0u; l < EIGHT; l++) {
    if (l > 0u) {
      all = vec2f(max(all.x, found[l].x), all.y + found[l].y);
    }
  }
  return all;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let own = wid.z * params.queries + wid.x;
  let column = wid.y * params.head;
  let first = wid.z * params.keys;
  let result = (own * params.heads + wid.y) * params.head;
#if ${RANGES}
  let range = min(ranges_at(own), vec2u(params.keys));
  let ahead = min(params.prefix, range.y);
  let begin = max(range.x, params.prefix);
  let count = ahead + max(range.y, begin) - begin;
#else
  let ahead = 0u;
  let begin = 0u;
  let count = min(params.keys, select(params.keys, wid.x + 1u, params.causal != 0u));
#endif
  if (lid < HEAD4) {
    asked[lid] = params.scale * load_q(own * params.q_columns + params.q_offset + column, lid);
  }
#if ${GRADIENT}
  if (lid < HEAD4) {
    slope[lid] = load_dy(result, lid);
  }
  let along = of_all(lid, 0.0, dot(load_dy(result, lid), load_y(result, lid))).y;
#else
  workgroupBarrier();
#endif

  var most = -1e38;
  var sum = 0.0;
  var out = vec4f();
  for (var block = 0u; block < count; block += 64u) {
    let t = min(block + lid, count - 1u);
    let key = first + select(begin + t - ahead, t, t < ahead);
    let k = key * params.k_columns + params.k_offset + column;
    let v = key * params.v_columns + params.v_offset + column;
    var products = vec4f();
    var changes = vec4f();
    for (var chunk = 0u; chunk < HEAD4; chunk += 8u) {
      for (var l = 0u; l < EIGHT; l++) {
        products += asked[chunk + l] * load_k(k, chunk + l);
#if ${GRADIENT}
        changes += slope[chunk + l] * load_v(v, chunk + l);
#endif
      }
    }
    let seen = block + lid < count;
    let score = select(-1e38, (products.x + products.y) + (products.z + products.w), seen);
    let larger = max(most, of_all(lid, score, 0.0).x);
    let shrink = exp(most - larger);
    most = larger;
    let weight = select(0.0, exp(score - larger), seen);
    sum = sum * shrink + weight;
    out *= shrink;
#if ${GRADIENT}
    weights[lid] = weight * ((changes.x + changes.y) + (changes.z + changes.w) - along);
#else
    weights[lid] = weight;
#endif
    workgroupBarrier();
    // Four at once, so that as many loads are on their way.
    for (var j = lid / HEAD4; j < min(64u, count - block); j += 4u * TAKERS) {
      var value: array<vec4f, FOUR>;
      for (var n = 0u; n < FOUR; n++) {
        let near = min(block + j + n * TAKERS, count - 1u);
        let row = first + select(begin + near - ahead, near, near < ahead);
#if ${GRADIENT}
        value[n] = load_k(row * params.k_columns + params.k_offset + column, lid % HEAD4);
#else
        value[n] = load_v(row * params.v_columns + params.v_offset + column, lid % HEAD4);
#endif
      }
      for (var n = 0u; n < FOUR; n++) {
        out += weights[j + n * TAKERS] * value[n];
      }
    }
  }

  let over = 1.0 / of_all(lid, 0.0, sum).y;
  workgroupBarrier();
  parts[lid] = out;
  workgroupBarrier();
  if (lid < HEAD4) {
    var total = vec4f();
    for (var group = 0u; group < TAKERS; group++) {
      total += parts[group * HEAD4 + lid];
    }
#if ${GRADIENT}
    store_dq(result, lid, total * (over * params.scale));
#else
    store_y(result, lid, total * over);
#endif
  }
#if ${GRADIENT}
  if (lid == 0u) {
    set_stats(own * params.heads + wid.y, vec4f(most, over, along, 0.0));
  }
#endif
}
