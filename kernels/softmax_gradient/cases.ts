import { all, caseOf, each, listed, mapRows, ofModels, refuse, times } from "../case_tables.ts";
import { normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { rowsOf } from "../shapes.ts";
import { op, softmaxGradient } from "./softmax_gradient.ts";

/** The gradient of softmax. */
export const softmaxGradientKernel = prove(op, 51, {
  reference({ y, dy }) {
    const data = mapRows(y, (shares, row) => {
      const g = dy.data.subarray(row * shares.length, (row + 1) * shares.length);
      // Of shares that add up to 1, the same without this; of rounded ones, nearer to what is meant.
      const slopes = g.map((v) => v - (g[0] ?? NaN));
      const mean = shares.reduce((sum, share, i) => sum + share * (slopes[i] ?? NaN), 0);
      return shares.map((share, i) => share * ((slopes[i] ?? NaN) - mean));
    });
    return [{ shape: y.shape, data }];
  },
  // A sum over the row, then a difference and a product.
  roundings: ({ y }) => rowsOf(y.shape).width + 2,
  record: (r, { y, dy }) => softmaxGradient(r, y, dy),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf(
        {
          y: tensor(shape, (random) => random.uniform() / (shape[1] ?? 1)),
          dy: tensor(shape, fill),
        },
        {},
        note,
      );
    return [
      ...each("1x1 1x2 5x3 3x7 2x8 2x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([3, 40], all(0), "zeros"),
      make([2, 3], listed([1, NaN, 2, 3, Infinity, 4]), "NaN and infinities"),
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("40x2", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("dy must be [4, 3]: got [3]", { y: "4x3", dy: "3" }, {})],
});
