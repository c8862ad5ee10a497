import type { Flags, OperandDeclaration, Shader } from "../../engine/mod.ts";
import { attentionRows } from "../schedule.ts";
import { unroll } from "./unroll.ts";

const lanes = 8;

/** The size to build for, in tiles of 32 columns, the smallest that holds a head. */
export function chunksFor(head: number): number {
  return [1, 2, 4].find((chunks) => 4 * lanes * chunks >= head) ?? 8;
}

/** The parameters of all attention kernels for GPUs. */
const params = `struct Params {
  heads: u32,
  head: u32, // K
  queries: u32, // Q
  keys: u32, // T
  prefix: u32, // keys at the beginning that all ranges have as well
  causal: u32,
  scale: f32,
  q_columns: u32, // of a row, and where the heads begin
  k_columns: u32,
  v_columns: u32,
  q_offset: u32,
  k_offset: u32,
  v_offset: u32,
}
`;

/** `load_<name>(at, c)`: four numbers of the head that begins at `at`, 0 past its end. */
function loader(name: string, vec4: boolean): string {
  const number = (i: number) =>
    `select(0.0, ${name}_at(at + min(4u * c + ${i}u, params.head - 1u)), 4u * c + ${i}u < params.head)`;
  const value = vec4
    ? `select(vec4f(), ${name}_at(at / 4u + min(c, params.head / 4u - 1u)), 4u * c < params.head)`
    : `vec4f(${[0, 1, 2, 3].map(number).join(", ")})`;
  return `fn load_${name}(at: u32, c: u32) -> vec4f {
  return ${value};
}
`;
}

/** `store_<name>(at, c, numbers)`, which leaves out what is past the head's end. */
function storer(name: string, vec4: boolean): string {
  const body = vec4
    ? `if (4u * c < params.head) { set_${name}(at / 4u + c, numbers); }`
    : `for (var i = 0u; i < FOUR; i++) {
    if (4u * c + i < params.head) { set_${name}(at + 4u * c + i, numbers[i]); }
  }`;
  return `fn store_${name}(at: u32, c: u32, numbers: vec4f) {
  ${body}
}
`;
}

/** Which of the other side an invocation's n-th load is: lanes have four each. */
const loaded = `fn loaded(n: u32, row: u32) -> u32 {
  let number = ROWS * n + row;
  return 4u * (number % LANES) + number / LANES;
}
`;

/**
 * Adds to `sum` the products of an invocation's four rows with its four of the other side, a tile of
 * 32 columns after the other.
 */
const scores = `for (var chunk = 0u; chunk < CHUNKS * LANES; chunk += LANES) {
      let c = chunk + lane;
      workgroupBarrier();
      for (var i = 0u; i < FOUR; i++) {
        row_tile[lane][i][row] = ROW;
      }
      for (var n = 0u; n < LOADS; n++) {
        let number = ROWS * n + row;
        other_tile[lane][number / LANES][number % LANES] = OTHER;
      }
      workgroupBarrier();
      for (var d = 0u; d < LANES; d += 4u) {
        for (var e = 0u; e < FOUR; e++) {
          let b0 = other_tile[d + e][0][lane];
          let b1 = other_tile[d + e][1][lane];
          let b2 = other_tile[d + e][2][lane];
          let b3 = other_tile[d + e][3][lane];
          let x = vec4f(b0.x, b1.x, b2.x, b3.x);
          let y = vec4f(b0.y, b1.y, b2.y, b3.y);
          let z = vec4f(b0.z, b1.z, b2.z, b3.z);
          let w = vec4f(b0.w, b1.w, b2.w, b3.w);
          for (var i = 0u; i < FOUR; i++) {
            let a = row_tile[d + e][i][row];
            SUM[i] += a.x * x;
            SUM[i] += a.y * y;
            SUM[i] += a.z * z;
            SUM[i] += a.w * w;
          }
        }
      }
    }`;

/** Adds to `sum` a group of four of the other side, by the weights in a tile. */
const weighted = `{
        var a: array<vec4f, FOUR>;
        for (var i = 0u; i < FOUR; i++) {
          a[i] = TILE[group][i][row];
        }
        for (var j = 0u; j < FOUR; j++) {
          for (var s = 0u; s < COLUMNS; s++) {
            let b = LOAD;
            for (var i = 0u; i < FOUR; i++) {
              SUM[i][s] += a[i][j] * b;
            }
          }
        }
      }`;

const fill = (text: string, words: Readonly<Record<string, string>>) =>
  text.replace(/\b[A-Z]+\b/g, (word) => words[word] ?? word);

/** An operand that may be left out. */
export const optionalRanges = {
  access: "read",
  element: "vec2u",
  forms: ["buffer", "absent"],
} as const;

/** Excludes flags that do not say whether ranges are there, and bounds of queries without ranges. */
export function optionalOperands({ RANGES, SEEN_BY, ranges, seen_by, CAUSAL }: Flags): boolean {
  return RANGES !== (ranges === "buffer") || (RANGES === true && CAUSAL === true) ||
    (SEEN_BY !== undefined &&
      (SEEN_BY !== (seen_by === "buffer") || (SEEN_BY === true && !RANGES)));
}

/** Heads that a kernel reads or writes, and what else it does, by name in the order of bindings. */
export interface TileOperands {
  readonly heads: Readonly<Record<string, "read" | "write">>;
  readonly others?: Readonly<Record<string, OperandDeclaration>>;
}

/**
 * A shader out of a kernel's file, completed: accessors of heads, `add_scores`, `add_weighted`, loops
 * written out.
 */
export function tileShader(
  name: string,
  source: string,
  { heads, others = {} }: TileOperands,
  flags: Shader["flags"] = {},
): Shader {
  const element = ({ VEC4 }: Flags) => VEC4 === true ? "vec4f" : "f32";
  return {
    name,
    flags: { CHUNKS: [1, 2, 4, 8], VEC4: [true, false], RANGES: [false, true], ...flags },
    excludes: optionalOperands,
    operands: {
      ...Object.fromEntries(
        Object.entries(heads).map(([name, access]) => [name, { access, element }]),
      ),
      ...others,
    },
    source: (flags) => {
      const chunks = Number(flags.CHUNKS), vec4 = flags.VEC4 === true;
      const rows = attentionRows(flags.RANGES === true);
      const constants = {
        LANES: lanes,
        ROWS: rows,
        PADDED: rows + 1, // against bank conflicts
        INVOCATIONS: rows * lanes,
        OWNED: 4 * rows,
        LOADS: 4 * lanes / rows, // of the other side's tile, by an invocation
        CHUNKS: chunks,
        // Of heads too wide for its registers a workgroup sums a part of the columns.
        COLUMNS: Math.min(chunks, 4),
        // Where there are registers left, twice as many loads are on their way.
        GROUPS: flags.GRADIENT === false ? 2 : 1,
      };
      const text = [
        params,
        ...Object.entries(heads).map(([name, access]) =>
          access === "read" ? loader(name, vec4) : storer(name, vec4)
        ),
        loaded,
        source,
      ].join("")
        .replace(
          /add_scores\((\w+), (\w+\(.*?\)), (.*)\);/g,
          (_, SUM, ROW, OTHER) => fill(scores, { SUM, ROW, OTHER }),
        )
        .replace(
          /add_weighted\((\w+), (\w+), (.*)\);/g,
          (_, SUM, TILE, LOAD) => fill(weighted, { SUM, TILE, LOAD }),
        );
      return unroll(text, { FOUR: 4, EIGHT: lanes, ...constants });
    },
  };
}
