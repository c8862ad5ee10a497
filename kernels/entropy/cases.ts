import { all, around, caseOf, each, listed, ofModels, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { mapRows, powersOf } from "../reference_rows.ts";
import { entropy, type EntropyAttrs, gradientOp, op } from "./entropy.ts";

/** Softmax-entropy. */
export const entropyKernel = prove(op, 6, {
  // The entropy of each row's softmax in float64.
  reference({ x }, { eps = 0 }) {
    const data = mapRows(x, (logits) => {
      const most = logits.reduce((a, b) => Math.max(a, b));
      const others = logits.reduce((total, z) => total + (z === most ? 0 : Math.exp(z - most)), 0);
      // In this order: beside a 1, others below 1e-16 would be lost.
      const rest = others + (logits.filter((z) => z === most).length - 1);
      if (eps > 0) {
        return [logits.reduce((total, z) => {
          const p = Math.exp(z - most) / (1 + rest);
          return total - p * Math.log(p + eps);
        }, 0)];
      }
      const weighted = logits.reduce((total, z) => {
        const e = Math.exp(z - most);
        return e === 0 ? total : total + e * (z - most);
      }, 0);
      return [Math.log1p(rest) - weighted / (1 + rest)];
    });
    return [{ shape: x.shape.slice(0, -1), data }];
  },
  // As softmax, and the difference of two terms.
  roundings: () => 48,
  record: (r, { x }, attrs) => entropy(r, x, attrs),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string, attrs: EntropyAttrs = {}) =>
      caseOf({ x: tensor(shape, fill) }, attrs, note);
    const special = [1, -Infinity, 2, 3, NaN, 0, Infinity, 0, 1, -Infinity, -Infinity, 4];
    const eps = 1e-8;
    return [
      ...each("1x1 2x2 1x3 7x8 3x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([4, 3], listed(special), "NaN and infinities"),
      make([6, 2], (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
      {
        // Down to 1e-33, where e z still counts. An exponential of -80 may err by tens of roundings.
        ...make([7, 2], (_, i) => i % 2 === 0 ? 0 : 20 + 10 * Math.floor(i / 2), "all but certain"),
        condition: 20,
        perRow: true,
      },
      make([3, 40], around(1e4), "far from zero"),
      make([3, 40], around(0, 30), "sharp"),
      make([2, 300], all(5), "all equal"),
      ...times(30, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      make([7, 2], normal, "with eps", { eps }),
      make([5, 300], around(0, 10), "with eps, sharp", { eps: 1e-3 }),
      make([4, 2], (_, i) => (i % 2) * 3 * i, "with eps, from fairly to quite certain", { eps }),
      ...ofModels("200x2", (shape) => make(shape, normal, "with eps, windows", { eps })),
      ...ofModels("5x2 200x2 40x46", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse("wanted rows of logits: got [4]", { x: "4" }),
    refuse("eps must be 0 or a little more: got -1", { x: "1x4" }, { eps: -1 }),
  ],
});

/** The gradient of softmax-entropy. */
export const entropyGradientKernel = prove(gradientOp, 34, {
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
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill), dy: tensor(shape.slice(0, -1)) }, {}, note);
    return [
      ...each("2x2 1x3 7x8 3x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([3, 1], normal, "one class"),
      make([3, 3], (_, i) => i % 3 === 1 ? -Infinity : i, "impossible classes"),
      make([6, 2], (_, i) => i % 2 === 0 ? 0 : 10 * (1 + Math.floor(i / 2)), "nearly certain"),
      {
        // As the entropy's.
        ...make([7, 2], (_, i) => i % 2 === 0 ? 0 : 20 + 10 * Math.floor(i / 2), "all but certain"),
        condition: 20,
        perRow: true,
      },
      make([3, 40], around(1e4), "far from zero"),
      make([2, 300], all(5), "all equal"),
      ...times(30, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2 40x2", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("dy must be [4]: got [3]", { x: "4x3", dy: "3" })],
});
