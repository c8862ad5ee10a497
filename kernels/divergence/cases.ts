import { type Shape, sizeAt } from "../../engine/mod.ts";
import { all, caseOf, each, listed, ofModels, refuse, times } from "../case_tables.ts";
import { type Fill, prove, tensor } from "../kernel.ts";
import { mapRows } from "../reference_rows.ts";
import { rowsOf } from "../shapes.ts";
import { divergence, gradientOp, op } from "./divergence.ts";

/** Shares far enough from each other that their differences keep their digits. */
function shares(shape: Shape) {
  return {
    p: tensor(shape, (random) => 0.05 + random.uniform()),
    q: tensor(shape.slice(-1), (random) => (0.05 + random.uniform()) / 4),
  };
}

/** Kullback-Leibler divergence. */
export const divergenceKernel = prove(op, 52, {
  reference({ p, q }) {
    const term = (share: number, i: number) =>
      share === 0 ? 0 : share * Math.log(share / (q.data[i] ?? NaN));
    const data = mapRows(p, (row) => [row.reduce((sum, share, i) => sum + term(share, i), 0)]);
    return [{ shape: p.shape.slice(0, -1), data }];
  },
  // A quotient, a logarithm, a product, and the sum.
  roundings: ({ p }) => 16 + rowsOf(p.shape).width,
  record: (r, { p, q }) => divergence(r, p, q),
  cases(rng) {
    const make = (shape: Shape) => caseOf(shares(shape), {});
    const halves = (shape: Shape, fill: Fill, note?: string) =>
      caseOf({ p: tensor(shape, fill), q: tensor(shape.slice(-1), all(0.5)) }, {}, note);
    const special = [0, 1, NaN, 0.5, 0, 0, -1, 0.5, Infinity, 0.5];
    return [
      ...each("1x1 2x2 5x3 9x7 3x8 3x9 2x127 2x128 3x129 2x1000", make),
      halves([4], (_, i) => 0.1 * (i + 1)),
      halves([5, 2], listed(special), "NaN, infinities and nothing"),
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2", make),
    ];
  },
  refusals: [
    refuse("q must have a share for each column of [4, 3]: got [4]", { p: "4x3", q: "4" }),
  ],
});

/** The gradient of the Kullback-Leibler divergence. */
export const divergenceGradientKernel = prove(gradientOp, 53, {
  reference({ p, q, dy }) {
    const width = sizeAt(p.shape, -1), smallest = 2 ** -126;
    const data = p.data.map((share, i) => {
      const ratio = (share === 0 ? smallest : share) / (q.data[i % width] ?? NaN);
      return (dy.data[Math.floor(i / width)] ?? NaN) * (Math.log(ratio) + 1);
    });
    return [{ shape: p.shape, data }];
  },
  // A quotient, a logarithm, a sum and a product.
  roundings: () => 16,
  cases(rng) {
    const make = (shape: Shape) => caseOf({ ...shares(shape), dy: tensor(shape.slice(0, -1)) }, {});
    return [
      ...each("1x1 2x2 5x3 3x8 3x9 2x127 2x128 3x129 2x1000", make),
      caseOf(
        { p: tensor([3, 2], listed([0, 1])), q: tensor([2], all(0.5)), dy: [3] },
        {},
        "nothing",
      ),
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2", make),
    ];
  },
  refusals: [refuse("dy must be [4]: got [3]", { p: "4x3", q: "3", dy: "3" })],
});
