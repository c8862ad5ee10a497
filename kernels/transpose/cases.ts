import { caseOf, each, ofModels, randomShape, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import { op, transpose } from "./transpose.ts";

/** Transposition of matrices. */
export const transposeKernel = prove(op, 136, {
  // The matrix turned round.
  reference({ x }) {
    const { rows, width } = rowsOf(x.shape);
    const data = x.data.map((_, at) => x.data[at % rows * width + Math.floor(at / rows)] ?? NaN);
    return [{ shape: [width, rows], data }];
  },
  roundings: () => 0,
  record: (r, { x }) => transpose(r, x),
  cases(rng) {
    const make = (x: number[]) => caseOf({ x }, {});
    return [
      ...each("4 1x1 1x7 7x1 2x3x4 64x64 65x63 3x400", make),
      ...times(20, () => make(randomShape(rng, 90, 90))),
      ...ofModels("46x512", make),
    ];
  },
});
