import type { Shape } from "../../engine/mod.ts";
import { all, each, listed, mapRows, ofModels, refuse, times } from "../case_tables.ts";
import { tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { rowsOf } from "../shapes.ts";
import { divergence, op } from "./divergence.ts";

/** Shares far enough from each other that their differences keep their digits. */
export function shares(shape: Shape) {
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
    const make = (shape: Shape) => ({ inputs: shares(shape), attrs: {} });
    const special = [0, 1, NaN, 0.5, 0, 0, -1, 0.5, Infinity, 0.5];
    return [
      ...each("1x1 2x2 5x3 9x7 3x8 3x9 2x127 2x128 3x129 2x1000", make),
      { inputs: { p: tensor([4], (_, i) => 0.1 * (i + 1)), q: tensor([4], all(0.5)) }, attrs: {} },
      {
        inputs: { p: tensor([5, 2], listed(special)), q: tensor([2], all(0.5)) },
        attrs: {},
        note: "NaN, infinities and nothing",
      },
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2", make),
    ];
  },
  refusals: [
    refuse("q must have a share for each column of [4, 3]: got [4]", { p: "4x3", q: "4" }, {}),
  ],
});
