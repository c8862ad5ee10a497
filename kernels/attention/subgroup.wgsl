// Attention for software adapters: y = softmax(q k^T * scale) v, head by head, without ever storing the
// scores.
//
// Layout: q, k, v as texels, each head from a whole texel on; y [B, Q, H K] row-major.
// Parallel: a workgroup is one subgroup and owns QUERIES query rows of one head of one sequence. It
// goes over the keys in blocks of two for each lane, which scores them; the queries' values reach it by
// broadcast. Softmax is the running kind: with every block the largest score may grow, and sum and
// output are scaled down by as much. Of the output, lane l holds the texels l, l + LANES, .. of the
// head, SPANS of them, and the weights come by broadcast.
struct Params {
  heads: u32,
  head4: u32, // K / 4
  queries: u32, // Q
  keys: u32, // T
  prefix: u32, // keys at the beginning that all ranges have as well
  scale: f32,
  q_columns4: u32, // texels in a row of q, and where its heads begin
  q_offset4: u32,
  k_columns4: u32,
  k_offset4: u32,
  v_columns4: u32,
  v_offset4: u32,
}

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

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let query0 = wid.x * QUERIES;
  let row0 = wid.z * params.queries;
  let column = wid.y * params.head4;
  let own_row = row0 + min(query0 + lane % QUERIES, params.queries - 1u);
  let own = own_row * params.q_columns4 + params.q_offset4 + column;
  let first = wid.z * params.keys;
  var range: array<vec2u, QUERIES>;
#if ${RANGES}
  var all = vec2u(params.keys, 0u);
  for (var i = 0u; i < QUERIES; i++) {
    let one = ranges_at(row0 + min(query0 + i, params.queries - 1u));
    range[i] = min(one, vec2u(params.keys));
    all = vec2u(min(all.x, range[i].x), max(all.y, range[i].y));
  }
  let begin = max(all.x, params.prefix);
  let end = params.prefix + max(all.y, begin) - begin;
#else
  let begin = 0u;
  for (var i = 0u; i < QUERIES; i++) {
#if ${CAUSAL}
    range[i].y = min(params.keys, query0 + i + 1u);
#else
    range[i].y = params.keys;
#endif
  }
#if ${CAUSAL}
  let end = min(params.keys, query0 + QUERIES);
#else
  let end = params.keys;
#endif
#endif

  var most: array<f32, QUERIES>;
  var sum: array<f32, QUERIES>;
  var out: array<array<vec4f, SPANS>, QUERIES>;
  for (var i = 0u; i < QUERIES; i++) {
    most[i] = -1e38;
  }
  for (var block = 0u; block < end; block += TWO * LANES) {
    var key: array<u32, TWO>;
    var row: array<u32, TWO>;
    var score: array<array<f32, TWO>, QUERIES>;
    for (var g = 0u; g < TWO; g++) {
      key[g] = key_at(block + g * LANES + lane, begin);
      row[g] = (first + min(key[g], params.keys - 1u)) * params.k_columns4 + params.k_offset4 +
        column;
    }
    for (var c = 0u; c < params.head4; c++) {
      let q4 = q_at(own + c);
      var k4: array<vec4f, TWO>;
      for (var g = 0u; g < TWO; g++) {
        k4[g] = k_at(row[g] + c);
      }
      for (var i = 0u; i < QUERIES; i++) {
        let qx = subgroupBroadcast(q4.x, i);
        let qy = subgroupBroadcast(q4.y, i);
        let qz = subgroupBroadcast(q4.z, i);
        let qw = subgroupBroadcast(q4.w, i);
        for (var g = 0u; g < TWO; g++) {
          score[i][g] += (qx * k4[g].x + qy * k4[g].y) + (qz * k4[g].z + qw * k4[g].w);
        }
      }
    }
    for (var i = 0u; i < QUERIES; i++) {
      var seen: array<bool, TWO>;
      for (var g = 0u; g < TWO; g++) {
        seen[g] = key[g] < range[i].y;
#if ${RANGES}
        seen[g] &= (key[g] >= range[i].x) | (key[g] < params.prefix);
#endif
        score[i][g] = select(-1e38, score[i][g] * params.scale, seen[g]);
      }
      let larger = max(most[i], subgroupMax(max(score[i][0u], score[i][1u])));
      for (var g = 0u; g < TWO; g++) {
        score[i][g] = select(0.0, exp(score[i][g] - larger), seen[g]);
      }
      let shrink = exp(most[i] - larger);
      sum[i] = sum[i] * shrink + subgroupAdd(score[i][0u] + score[i][1u]);
      most[i] = larger;
      for (var s = 0u; s < SPANS; s++) {
        out[i][s] *= shrink;
      }
    }
    for (var g = 0u; g < TWO; g++) {
      for (var j = 0u; j < LANES; j++) {
        let near = min(key_at(block + g * LANES + j, begin), params.keys - 1u);
        let at = (first + near) * params.v_columns4 + params.v_offset4 + column + lane;
        var v4: array<vec4f, SPANS>;
        for (var s = 0u; s < SPANS; s++) {
          v4[s] = v_at(at + s * LANES);
        }
        for (var i = 0u; i < QUERIES; i++) {
          let weight = subgroupBroadcast(score[i][g], j);
          for (var s = 0u; s < SPANS; s++) {
            out[i][s] += weight * v4[s];
          }
        }
      }
    }
  }

  for (var i = 0u; i < QUERIES; i++) {
    if (query0 + i < params.queries) {
      for (var s = 0u; s < SPANS; s++) {
        let c = s * LANES + lane;
        if (c < params.head4) {
          set_y(((row0 + query0 + i) * params.heads + wid.y) * params.head4 + c, out[i][s] / sum[i]);
        }
      }
    }
  }
}
