import {
  all,
  around,
  caseOf,
  each,
  mapRows,
  ofModels,
  randomShape,
  times,
} from "../case_tables.ts";
import { normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { l2Normalize, op } from "./l2_normalize.ts";

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
