import type { Flags } from "../../engine/mod.ts";
import { declareSums, epilogueBindings, lines, storeSums } from "./accumulators.ts";

/** How a matmul is cut into tiles. */
export interface Tile {
  /** Rows of a workgroup, a multiple of `ownRows`. */
  readonly rows: number;
  /** vec4s of columns of a workgroup. */
  readonly columns4: number;
  /** Rows of an invocation: a multiple of 4. */
  readonly ownRows: number;
  /** vec4s of columns of an invocation. */
  readonly ownColumns4: number;
  /** Rows of w that go through workgroup memory at once: a multiple of 4. */
  readonly step: number;
  /** With two, the next rows go into one buffer while the other is multiplied. */
  readonly buffers: 1 | 2;
}

/** The tiles there are, by name: rows x columns of a workgroup. */
export const tiles = {
  "128x128": { rows: 128, columns4: 32, ownRows: 8, ownColumns4: 2, step: 16, buffers: 1 },
  "64x128": { rows: 64, columns4: 32, ownRows: 8, ownColumns4: 2, step: 8, buffers: 2 },
  "64x64": { rows: 64, columns4: 16, ownRows: 8, ownColumns4: 1, step: 16, buffers: 1 },
  "32x64": { rows: 32, columns4: 16, ownRows: 4, ownColumns4: 1, step: 16, buffers: 2 },
} as const satisfies Record<string, Tile>;

/** One of them. */
export type TileName = keyof typeof tiles;

/** Invocations of a workgroup. */
export function tileInvocations({ rows, columns4, ownRows, ownColumns4 }: Tile): number {
  return rows / ownRows * columns4 / ownColumns4;
}

/**
 * Writes the matmul kernel for GPUs: `y = activation(x w + bias) + residual`, by tiles in workgroup
 * memory. Everything but the loop over K is written out, since Deno's shader compiler bounds every
 * loop in a way that drivers cannot see through.
 *
 * A workgroup computes a tile; an invocation holds groups of four neighbouring rows times vec4s of
 * columns, so that it reads both operands from workgroup memory by vec4. The next step's numbers come
 * from memory while this one's are multiplied. Tiles are indexed
 * [constant][running], so that one bounds check and one address serve a whole step. Indices outside
 * are moved to the last row or column, whose results nobody stores; only the end of K needs zeros.
 *
 * x's tile is kept transposed, four rows a vec4, and its groups of rows are permuted by k, so that
 * invocations side by side, which write different k, do not meet in one bank of memory.
 *
 * Layout: x as vec4s, ceil(K / 4) a row; w [K, ceil(N / 4)] vec4, packed rows; y, residual [M, N]. With
 * SPLIT, K is shared between the layers of the grid, each of which stores its own sums
 * [layer, M, ceil(N / 4)] vec4: `sum_parts.wgsl` adds them up.
 */
export function tileSource(tile: Tile, flags: Flags): string {
  const { rows, columns4, ownRows, ownColumns4, step, buffers } = tile;
  const invocations = tileInvocations(tile);
  const down = rows / ownRows, across = columns4 / ownColumns4; // invocations of a workgroup
  const rows4 = rows / 4, step4 = step / 4, groups = ownRows / 4;
  const x = loads(rows * step4, invocations), w = loads(step * columns4, invocations);
  const xAt = (i: number) => `(lid + ${i * invocations}u)`;
  // Groups of rows are permuted within eights, where there are as many.
  const turn = rows4 < 8 ? 0 : 8 / step4;
  const permuted = (group: string, k4: number) =>
    turn * k4 % 8 === 0 ? group : `((${group}) ^ ${turn * k4 % 8}u)`;
  const element = flags.HALF ? "vec2u" : "vec4f";
  const unpacked = (words: string) =>
    flags.HALF ? `vec4f(unpack2x16float(${words}.x), unpack2x16float(${words}.y))` : words;

  const load = `${lines(x.count, (i) => `    x${i} = x[x_at${i}];`)}
${lines(w.count, (i) => `    w${i} = w[w_at${i}];`)}`;
  const keep = `${
    lines(x.count, (i) =>
      x.guard(
        i,
        lines(
          4,
          (j) =>
            `    x_tile[4u * x_k${i} + ${j}u][x_buffer + x_group${i}][x_row${i} % 4u] = x${i}[${j}];`,
        ),
      ))
  }
${
    lines(w.count, (i) =>
      w.guard(i, `    w_tile[w_k${i}][w_buffer + w_column${i}] = ${unpacked(`w${i}`)};`))
  }`;
  // A vec4 of x that begins inside ends in zeros.
  const zeroEnd = `    if (k + ${step}u > params.k) {
${lines(x.count, (i) => `      x${i} = select(vec4f(), x${i}, k + 4u * x_k${i} < params.k);`)}
${lines(w.count, (i) => `      w${i} = select(${element}(), w${i}, k + w_k${i} < params.k);`)}
    }`;
  const multiply = lines(step, (k) =>
    `    {
${
      lines(groups, (g) =>
        `      let a${g} = x_tile[${k}][x_buffer + ${
          permuted(`${down * g}u + ty`, Math.floor(k / 4))
        }];`)
    }
${lines(ownColumns4, (n) => `      let b${n} = w_tile[${k}][w_buffer + ${across * n}u + tx];`)}
${
      lines(ownRows, (m) =>
        lines(
          ownColumns4,
          (n) => `      sum${m}_${n} += a${Math.floor(m / 4)}.${"xyzw".charAt(m % 4)} * b${n};`,
        ))
    }
    }`);
  const row = (m: number) => `row0 + ${4 * down * Math.floor(m / 4) + m % 4}u + 4u * ty`;
  const column = (n: number) => `column0 + ${across * n}u + tx`;

  return `
struct Params {
  m: u32,
  k: u32,
  n: u32,
  span: u32, // of K, for a layer of the grid: a multiple of the step
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> w: array<${element}>;
${
    flags.SPLIT
      ? "@group(0) @binding(3) var<storage, read_write> parts: array<vec4f>;"
      : epilogueBindings(flags)
  }

var<workgroup> x_tile: array<array<vec4f, ${buffers * rows4}>, ${step}>; // [k, buffer * rows / 4]
var<workgroup> w_tile: array<array<vec4f, ${
    buffers * columns4
  }>, ${step}>; // [k, buffer * columns / 4]

@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(local_invocation_index) lid: u32) {
  let k4 = (params.k + 3u) / 4u;
  let columns4 = (params.n + 3u) / 4u;
  let row0 = wid.y * ${rows}u;
  let column0 = wid.x * ${columns4}u;
${place(down, across)}
  var k = wid.z * params.span;
  let end = min(params.k, k + params.span);
${
    lines(x.count, (i) =>
      `  let x_row${i} = ${xAt(i)} / ${step4}u;
  let x_k${i} = ${xAt(i)} % ${step4}u;
  let x_group${i} = ${
        turn === 0 ? `x_row${i} / 4u` : `(x_row${i} / 4u) ^ (${turn}u * x_k${i} % 8u)`
      };
  var x_at${i} = min(row0 + x_row${i}, params.m - 1u) * k4 + k / 4u + x_k${i};
  var x${i} = vec4f();`)
  }
${
    lines(w.count, (i) =>
      `  let w_k${i} = ${xAt(i)} / ${columns4}u;
  let w_column${i} = ${xAt(i)} % ${columns4}u;
  var w_at${i} = (k + w_k${i}) * columns4 + min(column0 + w_column${i}, columns4 - 1u);
  var w${i} = ${element}();`)
  }
${declareSums(ownRows, ownColumns4)}
  var x_buffer = 0u;
  var w_buffer = 0u;
  {
${load}
${zeroEnd}
${keep}
  }
  workgroupBarrier();
  while (k < end) {
    k += ${step}u;
${lines(x.count, (i) => `    x_at${i} += ${step4}u;`)}
${lines(w.count, (i) => `    w_at${i} += ${step}u * columns4;`)}
${load}
${multiply}
${
    buffers === 1
      ? "    workgroupBarrier();"
      : `    x_buffer = ${rows4}u - x_buffer;\n    w_buffer = ${columns4}u - w_buffer;`
  }
${zeroEnd}
${keep}
    workgroupBarrier();
  }
${
    storeSums(ownRows, ownColumns4, {
      row,
      column,
      ...(flags.SPLIT
        ? { part: (row: string) => `parts[(wid.z * params.m + ${row}) * columns4 + n4]` }
        : {}),
    })
  }
}
`;
}

/** How the invocations of a workgroup share `total` loads: the last one may be for some of them. */
function loads(total: number, invocations: number) {
  const count = Math.ceil(total / invocations);
  return {
    count,
    guard: (i: number, code: string) =>
      i < count - 1 || total % invocations === 0
        ? code
        : `    if (lid < ${total - i * invocations}u) {\n${code}\n    }`,
  };
}

/**
 * Where an invocation stands. 32 of them, which many GPUs run together, make a block 4 high and 8
 * wide, where the tile allows: they then read 12 different vec4s for 32 products instead of 18.
 */
function place(down: number, across: number): string {
  if (down % 4 !== 0 || across % 8 !== 0) {
    return `  let ty = lid / ${across}u;\n  let tx = lid % ${across}u;`;
  }
  return `  let ty = lid / ${4 * across}u * 4u + lid % 32u / 8u;
  let tx = lid / 32u % ${across / 8}u * 8u + lid % 8u;`;
}
