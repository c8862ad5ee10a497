import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import { divergence, type DivergenceInputs, op } from "./divergence.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(52);
  const make = (rows: number, width: number, note?: string) => ({
    inputs: {
      // Far enough from each other that their differences keep their digits.
      p: tensor([rows, width], (random) => 0.05 + random.uniform()),
      q: tensor([width], (random) => (0.05 + random.uniform()) / 4),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  const special = [0, 1, NaN, 0.5, 0, 0, -1, 0.5, Infinity, 0.5];
  return [
    ...[[1, 1], [2, 2], [5, 3], [3, 8], [3, 9], [2, 127], [2, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    {
      ...make(1, 4),
      inputs: { p: tensor([4], (_, i) => 0.1 * (i + 1)), q: tensor([4], () => 0.5) },
    },
    {
      ...make(5, 2, "NaN, infinities and nothing"),
      inputs: { p: tensor([5, 2], (_, i) => special[i] ?? 0), q: tensor([2], () => 0.5) },
    },
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
  ];
}

/** Kullback and Leibler's divergence. */
export const divergenceKernel: Kernel<DivergenceInputs, Record<string, never>> = {
  op,
  reference,
  // A quotient, a logarithm, a product, and the sum.
  roundings: ({ p }) => 16 + rowsOf(p.shape).width,
  record: (r, { p, q }) => divergence(r, p, q),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { p: tensor([4, 3]), q: tensor([4]) },
      attrs: {},
      says: "q must have a share for each column of [4, 3]: got [4]",
    },
  ],
};
