import type { Flag } from "../../engine/mod.ts";

/**
 * Writes the attention kernel for software adapters, unrolled: y = softmax(q kᵀ · scale) v, head by
 * head, without ever storing the scores.
 *
 * One workgroup is one subgroup of LANES and owns QUERIES query rows of one head of one sequence. It
 * goes over the keys in blocks of GROUPS * LANES; lane l scores key l of each group, and the queries'
 * values reach it by broadcast. Softmax is the running kind: with every block the largest score so
 * far may grow, and sum and output are scaled down by as much. For the output, lane l holds the
 * texels l, l + LANES, … of the head (SPANS of them), and the weights come by broadcast.
 *
 * Layout: q, k, v as texels, each head from a whole texel on (see `stage_heads.wgsl`); y [B, Q, H K] row-major.
 */
export function subgroupSource(flags: Readonly<Record<string, Flag>>): string {
  const lanes = Number(flags.LANES), queries = Number(flags.QUERIES);
  const groups = Number(flags.GROUPS), spans = Number(flags.SPANS);
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const lines = (count: number, line: (i: number) => string) => range(count).map(line).join("\n");
  const joined = (
    count: number,
    part: (i: number) => string,
    by: (a: string, b: string) => string,
  ) => range(count).map(part).reduce(by);
  // With ranges the shared keys come first, then those from where the first of the ranges begins.
  const keyAt = (t: string) => flags.RANGES ? `key_at(${t}, begin)` : t;
  const seen = (key: string) =>
    flags.RANGES
      ? `(${key} >= start || ${key} < params.prefix) && ${key} < limit`
      : `${key} < limit`;
  const maximum = (a: string, b: string) => `max(${a}, ${b})`;
  const plus = (a: string, b: string) => `${a} + ${b}`;
  return `
struct Params {
  heads: u32,
  head: u32, // K
  head4: u32,
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
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var q: texture_storage_2d<rgba32float, read>;
@group(0) @binding(2) var k: texture_storage_2d<rgba32float, read>;
@group(0) @binding(3) var v: texture_storage_2d<rgba32float, read>;
@group(0) @binding(4) var<storage, read_write> y: array<\${Y_ELEMENT}>;
#if \${RANGES}
@group(0) @binding(5) var<storage, read> ranges: array<vec2u>;
#endif

#if \${RANGES}
fn key_at(t: u32, begin: u32) -> u32 {
  return select(begin + t - params.prefix, t, t < params.prefix);
}
#endif

fn load_q(i: u32) -> vec4f {
  return textureLoad(q, vec2u(i & 1023u, i >> 10u));
}

fn load_k(i: u32) -> vec4f {
  return textureLoad(k, vec2u(i & 1023u, i >> 10u));
}

fn load_v(i: u32) -> vec4f {
  return textureLoad(v, vec2u(i & 1023u, i >> 10u));
}

fn store(at: u32, c: u32, value: vec4f) {
#if \${Y_VEC4}
  y[at / 4u + c] = value;
#else
  for (var i = 0u; i < min(4u, params.head - 4u * c); i++) {
    y[at + 4u * c + i] = value[i];
  }
#endif
}

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let query0 = wid.x * ${queries}u;
  let column = wid.y * params.head4;
  let own_row = wid.z * params.queries + min(query0 + lane % ${queries}u, params.queries - 1u);
  let own = own_row * params.q_columns4 + params.q_offset4 + column;
  let first = wid.z * params.keys;
#if \${RANGES}
  let own_range = min(ranges[own_row], vec2u(params.keys));
  let begin = max(subgroupMin(own_range.x), params.prefix);
  let end = params.prefix + max(subgroupMax(own_range.y), begin) - begin;
#elif \${CAUSAL}
  let end = min(params.keys, query0 + ${queries}u);
#else
  let end = params.keys;
#endif
${
    lines(queries, (i) =>
      `  var most${i} = -3.4e38;\n  var sum${i} = 0.0;\n` +
      lines(spans, (s) => `  var out${i}_${s} = vec4f();`))
  }
  for (var block = 0u; block < end; block += ${groups * lanes}u) {
${
    lines(
      groups,
      (g) =>
        `    let key${g} = ${keyAt(`block + ${g * lanes}u + lane`)};\n` +
        `    let row${g} = (first + min(key${g}, params.keys - 1u)) * ` +
        `params.k_columns4 + params.k_offset4 + column;`,
    )
  }
${lines(queries, (i) => lines(groups, (g) => `    var p${i}_${g} = 0.0;`))}
    for (var c = 0u; c < params.head4; c++) {
      let q4 = load_q(own + c);
${lines(groups, (g) => `      let k${g} = load_k(row${g} + c);`)}
${
    lines(queries, (i) =>
      `      {
        let qx = subgroupBroadcast(q4.x, ${i}u);
        let qy = subgroupBroadcast(q4.y, ${i}u);
        let qz = subgroupBroadcast(q4.z, ${i}u);
        let qw = subgroupBroadcast(q4.w, ${i}u);
${
        lines(
          groups,
          (g) =>
            `        p${i}_${g} += (qx * k${g}.x + qy * k${g}.y) + (qz * k${g}.z + qw * k${g}.w);`,
        )
      }
      }`)
  }
    }
${
    lines(queries, (i) =>
      `    {
#if \${RANGES}
      let start = subgroupBroadcast(own_range.x, ${i}u);
      let limit = subgroupBroadcast(own_range.y, ${i}u);
#elif \${CAUSAL}
      let limit = min(params.keys, query0 + ${i + 1}u);
#else
      let limit = params.keys;
#endif
${
        lines(
          groups,
          (g) =>
            `      let seen${g} = ${seen(`key${g}`)};\n` +
            `      p${i}_${g} = select(-3.4e38, p${i}_${g} * params.scale, seen${g});`,
        )
      }
      let most = max(most${i}, subgroupMax(${joined(groups, (g) => `p${i}_${g}`, maximum)}));
${lines(groups, (g) => `      p${i}_${g} = select(0.0, exp(p${i}_${g} - most), seen${g});`)}
      let shrink = exp(most${i} - most);
      sum${i} = sum${i} * shrink + subgroupAdd(${joined(groups, (g) => `p${i}_${g}`, plus)});
      most${i} = most;
${lines(spans, (s) => `      out${i}_${s} *= shrink;`)}
    }`)
  }
${
    lines(groups, (g) =>
      lines(lanes, (j) =>
        `    {
      let at = (first + min(${
          keyAt(`block + ${g * lanes + j}u`)
        }, params.keys - 1u)) * params.v_columns4 +
        params.v_offset4 + column + lane;
${
          lines(
            spans,
            (s) => `      let v${s} = load_v(at + ${s * lanes}u);`,
          )
        }
${
          lines(queries, (i) =>
            `      let w${i} = subgroupBroadcast(p${i}_${g}, ${j}u);\n` +
            lines(spans, (s) => `      out${i}_${s} += w${i} * v${s};`))
        }
    }`))
  }
  }
${
    lines(queries, (i) =>
      `  if (query0 + ${i}u < params.queries) {
    let at = ((wid.z * params.queries + query0 + ${i}u) * params.heads + wid.y) * params.head;
${
        lines(
          spans,
          (s) =>
            `    if (${s * lanes}u + lane < params.head4) { store(at, ${
              s * lanes
            }u + lane, out${i}_${s} / sum${i}); }`,
        )
      }
  }`)
  }
}
`;
}
