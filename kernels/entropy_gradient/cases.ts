import { all, around, caseOf, each, mapRows, ofModels, refuse, times } from "../case_tables.ts";
import { normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { powersOf } from "../softmax/reference.ts";
import { entropyGradient, op } from "./entropy_gradient.ts";

/** The gradient of softmax-entropy. */
export const entropyGradientKernel = prove(op, 34, {
  reference({ x, dy }) {
    const data = mapRows(x, (logits, row) => {
      const { most, powers, sum } = powersOf(logits);
      const centred = (i: number) => (logits[i] ?? NaN) - most;
      const mean = powers.reduce((total, e, i) => e === 0 ? total : total + e * centred(i), 0) /
        sum;
      const slope = dy.data[row] ?? NaN;
      return powers.map((e, i) => e === 0 ? 0 : -slope * e / sum * (centred(i) - mean));
    });
    return [{ shape: x.shape, data }];
  },
  // As the entropy; the difference of two terms, one of them an average.
  roundings: () => 64,
  record: (r, { x, dy }) => entropyGradient(r, x, dy),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill), dy: tensor(shape.slice(0, -1)) }, {}, note);
    return [
      ...each("2x2 1x3 7x8 3x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([3, 1], normal, "one class"),
      make([3, 3], (_, i) => i % 3 === 1 ? -Infinity : i, "impossible classes"),
      make([6, 2], (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
      make([3, 40], around(1e4), "far from zero"),
      make([2, 300], all(5), "all equal"),
      ...times(30, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2 40x2", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("dy must be [4]: got [3]", { x: "4x3", dy: "3" }, {})],
});
