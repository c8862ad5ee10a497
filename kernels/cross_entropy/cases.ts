import { all, around, caseOf, each, ofModels, refuse, times } from "../case_tables.ts";
import { below, normal, prove, tensor } from "../kernel.ts";
import { mapRows, powersOf } from "../reference_rows.ts";
import { crossEntropy, gradientOp, op } from "./cross_entropy.ts";

/** Cross-entropy. */
export const crossEntropyKernel = prove(op, 42, {
  reference({ x, labels }) {
    const data = mapRows(x, (logits, row) => {
      const { most, sum } = powersOf(logits);
      return [Math.log(sum) - ((logits[labels.data[row] ?? NaN] ?? NaN) - most)];
    });
    return [{ shape: labels.shape, data }];
  },
  // As softmax, a logarithm, and the difference of two terms.
  roundings: () => 64,
  record: (r, { x, labels }) => crossEntropy(r, x, labels),
  cases(rng) {
    const make = ([rows = 1, width = 1]: number[], fill = normal, note?: string, most = width) =>
      caseOf(
        { x: tensor([rows, width], fill), labels: tensor([rows], below(most), "u32") },
        {},
        note,
      );
    return [
      ...each("2x2 1x3 7x8 3x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([20, 3], normal, "labels outside", 5),
      make([3, 40], around(1e4), "far from zero"),
      make([6, 40], around(0, 30), "sharp"),
      make([2, 300], all(5), "all equal"),
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("8x2", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse(
      "wanted a label for each row of [4, 3]: got labels [3]",
      { x: "4x3", labels: "3 u32" },
    ),
  ],
});

/** The gradient of cross-entropy. */
export const crossEntropyGradientKernel = prove(gradientOp, 43, {
  reference({ x, labels, dy }) {
    const data = mapRows(x, (logits, row) => {
      const { powers, sum } = powersOf(logits),
        label = labels.data[row],
        slope = dy.data[row] ?? NaN;
      return powers.map((e, i) => slope * (e / sum - (i === label ? 1 : 0)));
    });
    return [{ shape: x.shape, data }];
  },
  // As softmax, and the difference of two terms.
  roundings: () => 64,
  cases(rng) {
    const make = ([rows = 1, width = 1]: number[], fill = normal, note?: string) =>
      caseOf(
        {
          x: tensor([rows, width], fill),
          labels: tensor([rows], below(width), "u32"),
          dy: tensor([rows]),
        },
        {},
        note,
      );
    return [
      ...each("2x2 1x3 7x8 3x9 4x127 4x128 3x129 2x1000 66000x2", (shape) => make(shape)),
      make([3, 40], around(1e4), "far from zero"),
      make([6, 40], around(0, 30), "sharp"),
      make([2, 300], all(5), "all equal"),
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("8x2", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("dy must be [4]: got [3]", { x: "4x3", labels: "4 u32", dy: "3" })],
});
