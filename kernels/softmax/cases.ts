import { all, around, caseOf, each, listed, ofModels, randomShape, times } from "../case_tables.ts";
import { normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { reference } from "./reference.ts";
import { op, softmax } from "./softmax.ts";

/** Softmax. */
export const softmaxKernel = prove(op, 5, {
  reference,
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
