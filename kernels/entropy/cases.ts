import { all, around, caseOf, each, listed, ofModels, refuse, times } from "../case_tables.ts";
import { normal, tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { entropy, type EntropyAttrs, op } from "./entropy.ts";
import { reference } from "./reference.ts";

/** Softmax-entropy. */
export const entropyKernel = prove(op, 6, {
  reference,
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
    refuse("wanted rows of logits: got [4]", { x: "4" }, {}),
    refuse("eps must be 0 or a little more: got -1", { x: "1x4" }, { eps: -1 }),
  ],
});
