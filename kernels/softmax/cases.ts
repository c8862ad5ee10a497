import {
  all,
  around,
  caseOf,
  each,
  listed,
  ofModels,
  randomShape,
  refuse,
  times,
} from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { mapRows, powersOf } from "../reference_rows.ts";
import { rowsOf } from "../shapes.ts";
import { gradientOp, op, softmax } from "./softmax.ts";

/** Softmax. */
export const softmaxKernel = prove(op, 5, {
  reference({ x }) {
    const data = mapRows(x, (row) => {
      const { powers, sum } = powersOf(row);
      return powers.map((e) => e / sum);
    });
    return [{ shape: x.shape, data }];
  },
  // The exponential magnifies the rounding of its argument, which is of the order of 10.
  roundings: () => 32,
  record: (r, { x }) => softmax(r, x),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) => ({
      ...caseOf({ x: tensor(shape, fill) }, {}, note),
      perRow: true,
    });
    const special = [1, 2, NaN, 3, -Infinity, 0, Infinity, 1, 2, -Infinity, -Infinity, -Infinity];
    return [
      ...each("1x1 1x2 5x1 3x7 2x8 2x9 4x127 4x128 3x129 2x1000", (shape) => make(shape)),
      ...each("66000x2 8x32 9x33", (shape) => make(shape)),
      make([4, 3], listed(special), "NaN and infinities"),
      make([8, 3], listed(special), "NaN and infinities, a row an invocation"),
      make([3, 40], around(1e4), "far from zero"),
      make([3, 40], around(0, 30), "sharp"),
      make([2, 300], all(5), "all equal"),
      ...times(30, () => make(randomShape(rng, 40, 300))),
      ...ofModels("40x2 20x46 9600x50", (shape) => make(shape)),
    ];
  },
});

/** The gradient of softmax. */
export const softmaxGradientKernel = prove(gradientOp, 51, {
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
  refusals: [refuse("dy must be [4, 3]: got [3]", { y: "4x3", dy: "3" })],
});
