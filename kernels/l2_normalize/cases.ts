import { all, around, caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { mapRows } from "../reference_rows.ts";
import { gradientOp, l2Normalize, op } from "./l2_normalize.ts";

/** L2 normalisation. */
export const l2NormalizeKernel = prove(op, 77, {
  reference({ x }) {
    const data = mapRows(x, (row) => {
      const length = Math.max(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)), 1e-12);
      return row.map((v) => v / length);
    });
    return [{ shape: x.shape, data }];
  },
  // Two divisions and a root; the sum of positive squares adds little.
  roundings: () => 16,
  record: (r, { x }) => l2Normalize(r, x),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) => ({
      ...caseOf({ x: tensor(shape, fill) }, {}, note),
      perRow: true,
    });
    return [
      ...each("1x1 2x2 5x1 3x7 2x8 2x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([3, 17], all(0), "zeros"),
      make([3, 17], around(0, 1e30), "huge"),
      make([3, 17], around(0, 1e-8), "tiny"),
      make([3, 17], around(0, 1e-14), "below the floor"),
      make([2, 9], (random, i) => i === 4 ? NaN : random.normal(), "NaN in a row"),
      ...times(30, () => make(randomShape(rng, 40, 700))),
      ...ofModels("46x512 800x512", (shape) => make(shape)),
      make([16, 64]),
    ];
  },
});

/** The gradient of scaling rows to length 1. */
export const l2NormalizeGradientKernel = prove(gradientOp, 33, {
  reference({ x, dy }) {
    const data = mapRows(x, (row, index) => {
      const g = dy.data.subarray(index * row.length, (index + 1) * row.length);
      const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
      const length = Math.max(norm, 1e-12);
      const along = norm < 1e-12
        ? 0
        : row.reduce((sum, v, i) => sum + v / length * (g[i] ?? NaN), 0);
      return g.map((v, i) => (v - (row[i] ?? NaN) / length * along) / length);
    });
    return [{ shape: x.shape, data }];
  },
  // As the scaling, one more sum, and the difference of two terms.
  roundings: () => 48,
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill), dy: tensor(shape) }, {}, note);
    return [
      ...each("2x3 7x13 1x31 5x33 4x127 4x128 3x129 2x1000 66000x3", (shape) => make(shape)),
      make([3, 40], around(0, 1e18), "large"),
      make([3, 40], around(0, 1e-10), "small"),
      make([3, 5], all(0), "zeros"),
      make([3, 5], around(0, 1e-14), "under the floor"),
      ...times(30, () => make([rng.integer(1, 40), rng.integer(4, 300)])),
      ...ofModels("46x512 46x64", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("dy must be [4, 8]: got [4, 7]", { x: "4x8", dy: "4x7" })],
});
