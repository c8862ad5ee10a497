// The derivative of attention by keys and values, for GPUs: with p the weight of a key for a query and
// d = dy . y, dv = sum over queries of p dy, and dk = sum of p (dy . v - d) q * scale.
//
// Layout: q, dy [B, Q, H K], kv, dkv [B, T, 2 H K] row-major; ranges [B, Q, 2]; seen_by [B, T, 2], the
// queries that may see a key; stats as `block.wgsl` leaves them.
// Parallel: as `block.wgsl`, but a workgroup owns keys and goes over the queries: no atomics. Of
// heads too wide for its registers it sums a half.

var<workgroup> row_tile: array<array<array<vec4f, PADDED>, 4>, 8>;
var<workgroup> other_tile: array<array<array<vec4f, 9>, 4>, 8>;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let lane = lid % LANES;
  let row = lid / LANES;
  let row0 = wid.x * OWNED;
  let head = wid.y % params.heads;
  let column = head * params.head;
  let part = wid.y / params.heads * (COLUMNS * LANES);
  let first = wid.z * params.queries;
  let causal = params.causal != 0u;
  var key: array<u32, FOUR>;
  var k: array<u32, FOUR>; // where it begins, and its value
  var v: array<u32, FOUR>;
  var by: array<vec2u, FOUR>;
  for (var i = 0u; i < FOUR; i++) {
    key[i] = row0 + ROWS * i + row;
    let own = wid.z * params.keys + min(key[i], params.keys - 1u);
    k[i] = own * params.k_columns + column;
    v[i] = k[i] + params.v_offset;
#if ${SEEN_BY}
    by[i] = min(seen_by_at(own), vec2u(params.queries));
#else
    by[i] = vec2u(select(0u, key[i], causal), params.queries);
#endif
  }
#if ${SEEN_BY}
  // Barriers are passed in the loop over queries, so all invocations look at all bounds.
  var all = vec2u(params.queries, 0u);
  for (var i = 0u; i < OWNED; i++) {
    let one = seen_by_at(wid.z * params.keys + min(row0 + i, params.keys - 1u));
    all = select(all, vec2u(min(all.x, one.x), max(all.y, one.y)), one.x < one.y);
  }
  let begin = all.x;
  let end = min(all.y, params.queries);
#else
  let begin = select(0u, row0, causal);
  let end = params.queries;
#endif

  var dk: array<array<vec4f, COLUMNS>, FOUR>;
  var dv: array<array<vec4f, COLUMNS>, FOUR>;
  for (var block = begin; block < end; block += 32u) {
    var query: array<u32, LOADS>;
    for (var n = 0u; n < LOADS; n++) {
      let row_of_query = first + min(block + loaded(n, row), params.queries - 1u);
      query[n] = row_of_query * params.q_columns + column;
    }
    var score: array<vec4f, FOUR>;
    add_scores(score, load_kv(k[i], c), load_q(query[n], c));
    var change: array<vec4f, FOUR>;
    add_scores(change, load_kv(v[i], c), load_dy(query[n], c));

    var most = vec4f();
    var over = vec4f();
    var along = vec4f();
    var begin4 = vec4u();
    var end4 = vec4u();
    for (var j = 0u; j < FOUR; j++) {
      let row_of_query = first + min(block + 4u * lane + j, params.queries - 1u);
      let kept = stats_at(row_of_query * params.heads + head);
      most[j] = kept.x;
      over[j] = kept.y;
      along[j] = kept.z;
#if ${RANGES}
      begin4[j] = ranges_at(row_of_query).x;
      end4[j] = ranges_at(row_of_query).y;
#endif
    }
    let queries4 = block + 4u * lane + vec4u(0u, 1u, 2u, 3u);
    workgroupBarrier();
    for (var i = 0u; i < FOUR; i++) {
      var seen = (queries4 >= vec4u(by[i].x)) & (queries4 < vec4u(by[i].y));
#if ${RANGES}
      let shared4 = vec4<bool>(key[i] < params.prefix);
      seen &= (vec4u(key[i]) < end4) & (shared4 | (vec4u(key[i]) >= begin4));
#endif
      // Of keys that are not seen the score may be larger than the largest.
      let weight = exp(min(score[i] * params.scale - most, vec4f())) * over;
      let p = select(vec4f(), weight, seen);
      other_tile[lane][i][row] = p;
      row_tile[lane][i][row] = p * (change[i] - along);
    }
    workgroupBarrier();
    for (var group = 0u; group < LANES && block + 4u * group < end; group++) {
      var place: array<u32, FOUR>;
      for (var j = 0u; j < FOUR; j++) {
        let row_of_query = first + min(block + 4u * group + j, params.queries - 1u);
        place[j] = row_of_query * params.q_columns + column;
      }
      add_weighted(dk, row_tile, load_q(place[j], part + s * LANES + lane));
      add_weighted(dv, other_tile, load_dy(place[j], part + s * LANES + lane));
    }
  }

  for (var i = 0u; i < FOUR; i++) {
    if (key[i] < params.keys) {
      for (var s = 0u; s < COLUMNS; s++) {
        store_dkv(k[i], part + s * LANES + lane, dk[i][s] * params.scale);
        store_dkv(v[i], part + s * LANES + lane, dv[i][s]);
      }
    }
  }
}
