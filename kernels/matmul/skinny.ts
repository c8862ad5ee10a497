import type { Flags } from "../../engine/mod.ts";
import { epilogueBindings, lines } from "./accumulators.ts";

/** vec4s of columns of a workgroup, and groups of invocations that share K between them. */
export const skinnyColumns4 = 4;
const groups = 64;

/** vec4s of k that an invocation loads at once: more where a row gives it little to do. */
const vectorsAtOnce = (rows: number) => rows === 1 ? 2 : 1;

/** Rows whose sums meet at once: as many as guaranteed workgroup memory holds. */
const rowsAtOnce = 4;

/**
 * Writes the matmul kernel for GPUs with up to 8 rows: `y = activation(x w + bias) + residual`.
 *
 * With so few rows there are too few tiles to fill a GPU and every weight is used only a few times,
 * so the reading of w is all that counts. 4 invocations side by side read neighbouring vec4s of w;
 * 64 such groups share K between them, four or eight k at a time, and their sums meet in workgroup memory. All
 * is written out, so that a round's loads are under way together.
 *
 * Layout: as in `tile.ts`. Parallel: a workgroup computes ROWS rows x 16 columns.
 */
export function skinnySource(flags: Flags): string {
  const rows = Number(flags.ROWS), width = skinnyColumns4, invocations = width * groups;
  const vectors = vectorsAtOnce(rows), step = 4 * vectors;
  const atOnce = Math.min(rows, rowsAtOnce);
  const element = flags.HALF ? "vec2u" : "vec4f";
  const unpacked = (words: string) =>
    flags.HALF ? `vec4f(unpack2x16float(${words}.x), unpack2x16float(${words}.y))` : words;

  /** The sums of the rows from `first` on. */
  const meet = (first: number) =>
    `${lines(atOnce, (i) => `  partials[${i}][lid] = sum${first + i};`)}
  workgroupBarrier();
${
      lines(Math.log2(groups), (i) => {
        const half = invocations / 2 ** (i + 1);
        return `  if (lid < ${half}u) {
${lines(atOnce, (row) => `    partials[${row}][lid] += partials[${row}][lid + ${half}u];`)}
  }
  workgroupBarrier();`;
      })
    }
  if (lid < ${width}u && n4 < columns4) {
    let offset = load_bias(n4);
${
      lines(atOnce, (i) =>
        `    if (${first + i}u < params.m) {
      store(${first + i}u, n4, partials[${i}][lid] + offset);
    }`)
    }
  }`;

  return `
struct Params {
  m: u32,
  k: u32,
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<${element}>;
${epilogueBindings(flags)}

var<workgroup> partials: array<array<vec4f, ${invocations}>, ${atOnce}>;

@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let columns4 = (params.n + 3u) / 4u;
  let n4 = wid.x * ${width}u + lid % ${width}u;
  let group = lid / ${width}u;
  let whole = params.k / ${step}u;
  let k4 = (params.k + 3u) / 4u;
  // Columns and rows outside are those at the edge again, whose sums nobody stores.
  var w_at = ${step}u * group * columns4 + min(n4, columns4 - 1u);
${
    lines(rows, (m) =>
      `  let x_row${m} = min(${m}u, params.m - 1u) * k4;
  var sum${m} = vec4f();`)
  }
  for (var round = group; round < whole; round += ${groups}u) {
${lines(step, (k) => `    let w${k} = w[w_at + ${k}u * columns4];`)}
${
    lines(rows, (m) =>
      lines(vectors, (i) =>
        `    let x${m}_${i} = x[x_row${m} + ${vectors}u * round + ${i}u];`))
  }
${
    lines(step, (k) =>
      `    let own${k} = ${unpacked(`w${k}`)};
${lines(rows, (m) => `    sum${m} += x${m}_${Math.floor(k / 4)}[${k % 4}] * own${k};`)}`)
  }
    w_at += ${step * groups}u * columns4;
  }
  if (group < params.k % ${step}u) {
    let k = ${step}u * whole + group;
    let last = w[k * columns4 + min(n4, columns4 - 1u)];
    let own = ${unpacked("last")};
${lines(rows, (m) => `    sum${m} += x[x_row${m} + k / 4u][k % 4u] * own;`)}
  }
${lines(rows / atOnce, (i) => (i > 0 ? "  workgroupBarrier();\n" : "") + meet(i * atOnce))}
}
`;
}
