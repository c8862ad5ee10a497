// Attention for GPUs: y = softmax(q k^T * scale) v, head by head, without ever storing the scores.
// With GRADIENT the derivative by the queries, which is made alike: with p the softmax and d = dy . y
// it is the sum over keys of p (dy . v - d) k * scale. It leaves in stats [B, Q, H] the largest score,
// one over the sum, and d, for the derivative by keys and values.
//
// Layout: q [B, Q, q_columns], k and v [B, T, ..] row-major, the heads side by side from a first
// column on; y, dy and dq [B, Q, H K].
// Parallel: a workgroup is ROWS rows of 8 lanes, owns four queries a row of one head, and goes over
// the keys, 32 at a time. An invocation scores the queries row, row + ROWS, .. with four keys, and sums
// the vec4 columns lane, lane + 8, .. of their results: each read of a tile feeds 8 multiply-adds. Softmax is
// the running kind: when the largest score grows, sums are scaled down by as much, once a tile.

// By column, number of four, and row or lane.
var<workgroup> row_tile: array<array<array<vec4f, PADDED>, 4>, 8>;
var<workgroup> other_tile: array<array<array<vec4f, 9>, 4>, 8>;
var<workgroup> of_lanes: array<array<vec4f, ROWS>, 8>;

#if ${RANGES}
// With ranges the shared keys come first, then those from where the first of the ranges begins.
fn key_at(t: u32, begin: u32) -> u32 {
  return select(begin + t - params.prefix, t, t < params.prefix);
}
#else
fn key_at(t: u32, begin: u32) -> u32 {
  return t;
}
#endif

// The sum over the lanes of a row, of each of its four.
fn sum_of_lanes(row: u32, lane: u32, own: vec4f) -> vec4f {
  workgroupBarrier();
  of_lanes[lane][row] = own;
  workgroupBarrier();
  var sum = vec4f();
  for (var l = 0u; l < EIGHT; l++) {
    sum += of_lanes[l][row];
  }
  return sum;
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let lane = lid % LANES;
  let row = lid / LANES;
  let row0 = wid.x * OWNED;
  let column = wid.y * params.head;
  let first = wid.z * params.keys;
  let causal = params.causal != 0u;
  var query: array<u32, FOUR>;
  var own: array<u32, FOUR>; // the query's row of all, then where its operands begin
  var asked: array<u32, FOUR>;
  var result: array<u32, FOUR>;
  var range: array<vec2u, FOUR>;
  for (var i = 0u; i < FOUR; i++) {
    query[i] = row0 + ROWS * i + row;
    own[i] = wid.z * params.queries + min(query[i], params.queries - 1u);
    asked[i] = own[i] * params.q_columns + params.q_offset + column;
    result[i] = (own[i] * params.heads + wid.y) * params.head;
#if ${RANGES}
    range[i] = min(ranges_at(own[i]), vec2u(params.keys));
#else
    range[i] = vec2u(0u, min(params.keys, select(params.keys, query[i] + 1u, causal)));
#endif
  }
#if ${RANGES}
  // Barriers are passed in the loop over keys, so all invocations look at all ranges.
  var all = vec2u(params.keys, 0u);
  for (var i = 0u; i < OWNED; i++) {
    let one = ranges_at(wid.z * params.queries + min(row0 + i, params.queries - 1u));
    all = vec2u(min(all.x, one.x), max(all.y, one.y));
  }
  let begin = max(all.x, params.prefix);
  let end = params.prefix + max(min(all.y, params.keys), begin) - begin;
#else
  let begin = 0u;
  let end = min(params.keys, select(params.keys, row0 + OWNED, causal));
#endif
#if ${GRADIENT}
  var slope = vec4f();
  for (var i = 0u; i < FOUR; i++) {
    for (var s = 0u; s < CHUNKS; s++) {
      let c = s * LANES + lane;
      slope[i] += dot(load_dy(result[i], c), load_y(result[i], c));
    }
  }
  let along = sum_of_lanes(row, lane, slope);
#endif

  var most = vec4f(-1e38);
  var sum = vec4f();
  var out: array<array<vec4f, COLUMNS>, FOUR>;
  for (var block = 0u; block < end; block += 32u) {
    var key: array<u32, LOADS>;
    for (var n = 0u; n < LOADS; n++) {
      let row_of_key = first + min(key_at(block + loaded(n, row), begin), params.keys - 1u);
      key[n] = row_of_key * params.k_columns + params.k_offset + column;
    }
    var score: array<vec4f, FOUR>;
    add_scores(score, load_q(asked[i], c), load_k(key[n], c));
#if ${GRADIENT}
    for (var n = 0u; n < LOADS; n++) {
      let row_of_key = first + min(key_at(block + loaded(n, row), begin), params.keys - 1u);
      key[n] = row_of_key * params.v_columns + params.v_offset + column;
    }
    var change: array<vec4f, FOUR>;
    add_scores(change, load_dy(result[i], c), load_v(key[n], c));
#endif

    let keys4 = block + 4u * lane + vec4u(0u, 1u, 2u, 3u);
    var seen: array<vec4<bool>, FOUR>;
    var top = vec4f();
    for (var i = 0u; i < FOUR; i++) {
#if ${RANGES}
      let shared4 = keys4 < vec4u(params.prefix);
      let place4 = select(begin + keys4 - params.prefix, keys4, shared4);
      seen[i] = (shared4 | (place4 >= vec4u(range[i].x))) & (place4 < vec4u(range[i].y));
#else
      seen[i] = keys4 < vec4u(range[i].y);
#endif
      score[i] = select(vec4f(-1e38), score[i] * params.scale, seen[i]);
      top[i] = max(max(score[i].x, score[i].y), max(score[i].z, score[i].w));
    }
    of_lanes[lane][row] = top;
    workgroupBarrier();
    var larger = most;
    for (var l = 0u; l < EIGHT; l++) {
      larger = max(larger, of_lanes[l][row]);
    }
    let shrink = exp(most - larger);
    most = larger;
    sum *= shrink;
    for (var i = 0u; i < FOUR; i++) {
      let weight = select(vec4f(), exp(score[i] - larger[i]), seen[i]);
      sum[i] += (weight.x + weight.y) + (weight.z + weight.w);
#if ${GRADIENT}
      row_tile[lane][i][row] = weight * (change[i] - along[i]);
#else
      row_tile[lane][i][row] = weight;
#endif
      for (var s = 0u; s < COLUMNS; s++) {
        out[i][s] *= shrink[i];
      }
    }
    workgroupBarrier();
    for (var four = 0u; four < LANES && block + 4u * four < end; four += GROUPS) {
      for (var g = 0u; g < GROUPS; g++) {
        let group = four + g;
        var value: array<u32, FOUR>;
        for (var j = 0u; j < FOUR; j++) {
          let row_of_key = first + min(key_at(block + 4u * group + j, begin), params.keys - 1u);
#if ${GRADIENT}
          value[j] = row_of_key * params.k_columns + params.k_offset + column;
#else
          value[j] = row_of_key * params.v_columns + params.v_offset + column;
#endif
        }
#if ${GRADIENT}
        add_weighted(out, row_tile, load_k(value[j], s * LANES + lane));
#else
        add_weighted(out, row_tile, load_v(value[j], s * LANES + lane));
#endif
      }
    }
  }

  let over = 1.0 / sum_of_lanes(row, lane, sum);
  for (var i = 0u; i < FOUR; i++) {
    if (query[i] < params.queries) {
      for (var s = 0u; s < COLUMNS; s++) {
#if ${GRADIENT}
        store_dq(result[i], s * LANES + lane, out[i][s] * (over[i] * params.scale));
#else
        store_y(result[i], s * LANES + lane, out[i][s] * over[i]);
#endif
      }
#if ${GRADIENT}
      if (lane == 0u) {
        set_stats(own[i] * params.heads + wid.y, vec4f(most[i], over[i], along[i], 0.0));
      }
#endif
    }
  }
}
