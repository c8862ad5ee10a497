import type { Flags } from "../../engine/mod.ts";

/**
 * What the written-out matmul kernels share. An invocation keeps its sums in variables named
 * `sum3_1` (row 3, vec4 of columns 1) and not in an array: compilers put arrays that a loop walks
 * into memory.
 *
 * @module
 */

/** Lines of WGSL, one for each number below `count`. */
export function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

/** Declares the sums of an invocation. */
export function declareSums(rows: number, columns4: number): string {
  return lines(rows, (m) => lines(columns4, (n) => `  var sum${m}_${n} = vec4f();`));
}

/** Where the sums of an invocation belong, as WGSL expressions. */
interface Destination {
  /** The row of sum `m`, to compare with `params.m`. */
  readonly row: (m: number) => string;
  /** The vec4 of columns of sum `n`, to compare with `columns4`. */
  readonly column: (n: number) => string;
  /** The row of y that row 0 is. */
  readonly first?: string;
  /** The place for sums that are only parts: by default they go through the epilogue. */
  readonly part?: (row: string) => string;
}

/** Stores the sums that lie inside the result. */
export function storeSums(
  rows: number,
  columns4: number,
  { row, column, first, part }: Destination,
): string {
  const target = (m: number) => first === undefined ? row(m) : `${first} + ${row(m)}`;
  const store = (m: number, n: number) =>
    part ? `${part(row(m))} = sum${m}_${n};` : `store(${target(m)}, n4, sum${m}_${n} + offset);`;
  return lines(columns4, (n) =>
    `  {
    let n4 = ${column(n)};
    if (n4 < columns4) {${part ? "" : "\n      let offset = load_bias(n4);"}
${
      lines(rows, (m) =>
        `      if (${row(m)} < params.m) {
        ${store(m, n)}
      }`)
    }
    }
  }`);
}

/** Declares what the epilogue of `store.wgsl` reads and writes. */
export function epilogueBindings(flags: Flags): string {
  const element = flags.Y_VEC4 ? "vec4f" : "f32";
  const residual = flags.RESIDUAL_TEXELS
    ? "var residual: texture_storage_2d<rgba32float, read>"
    : `var<storage, read> residual: array<${element}>`;
  return [
    `@group(0) @binding(3) var<storage, read_write> y: array<${element}>;`,
    flags.BIAS ? `@group(0) @binding(4) var<storage, read> bias: array<${element}>;` : "",
    flags.RESIDUAL ? `@group(0) @binding(5) ${residual};` : "",
  ].join("\n");
}
