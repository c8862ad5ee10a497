import type { Mutant } from "./mutants.ts";

/** A change that no test can notice, or that only makes a kernel slower. */
export interface Equivalent extends Pick<Mutant, "from" | "to"> {
  /** What the shader's name or the file's address ends in; any that has the line if left out. */
  readonly file?: string;
  readonly why: string;
}

/** Lines without the space around them. */
export const equivalents: readonly Equivalent[] = [
  {
    file: "slice.wgsl",
    from: "if (column >= 0i && column < i32(params.columns)) {",
    to: "if (column >= 0i || column < i32(params.columns)) {",
    why:
      "a slice lies within its columns: the bounds are for its gradient, which has this line too",
  },
  {
    from: "vec4: ({ x }) => sizeAt(x.shape, 2) % 4 === 0,",
    to: "vec4: ({ x }) => sizeAt(x.shape, 2) / 4 === 0,",
    why: "only slower: one at a time; variants_test.ts finds the variant that nothing executes",
  },
  {
    file: "conv1d.ts",
    from: "for (let tap = 0; tap < 3; tap++) {",
    to: "for (let tap = 0; tap <= 3; tap++) {",
    why: "a fourth tap's numbers fall past the end of the matrix, where an array leaves them out",
  },
  {
    file: "resize.ts",
    from: "bilinear: { reach: 1, weight: (x: number) => x < 1 ? 1 - x : 0 },",
    to: "bilinear: { reach: 1, weight: (x: number) => x < 2 ? 1 - x : 0 },",
    why: "a filter is asked within its reach only",
  },
  {
    file: "normalize.ts",
    from: "const table = new Float32Array(3 * 256);",
    to: "const table = new Float32Array(4 * 256);",
    why: "a longer table, whose end nothing reads",
  },
  {
    file: "normalize.ts",
    from: "for (let byte = 0; byte < 256; byte++) {",
    to: "for (let byte = 0; byte <= 256; byte++) {",
    why: "the next colour writes over what is too much; the last one's is outside and left out",
  },
  {
    file: "rowwise.ts",
    from: "width / per,",
    to: "width * per,",
    why: "only how many share a row; the row itself keeps its columns",
  },
  {
    file: "sigmoid.wgsl",
    from: "return select(select(e, E(1.0), x >= E()) / (1.0 + e), x, is_nan);",
    to: "return select(select(e, E(1.0), x > E()) / (1.0 + e), x, is_nan);",
    why: "at 0 the exponential is 1 as well",
  },
];

/** Why a mutant changes no result, if it is known. */
export function reasonFor({ file, from, to }: Mutant): string | undefined {
  return equivalents.find((known) =>
    known.from === from.trim() && known.to === to.trim() && file.endsWith(known.file ?? "")
  )?.why;
}
