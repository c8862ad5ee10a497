import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { divergenceGradient, type DivergenceGradientInputs, op } from "./divergence_gradient.ts";
import { reference } from "./reference.ts";

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(53);
  const make = (rows: number, width: number, note?: string) => ({
    inputs: {
      p: tensor([rows, width], (random) => 0.05 + random.uniform()),
      q: tensor([width], (random) => (0.05 + random.uniform()) / 4),
      dy: tensor([rows]),
    },
    attrs: {},
    ...(note === undefined ? {} : { note }),
  });
  return [
    ...[[1, 1], [2, 2], [5, 3], [3, 8], [3, 9], [2, 127], [2, 128], [3, 129], [2, 1000]]
      .map(([rows = 1, width = 1]) => make(rows, width)),
    {
      ...make(3, 2, "nothing"),
      inputs: {
        p: tensor([3, 2], (_, i) => i % 2),
        q: tensor([2], () => 0.5),
        dy: tensor([3]),
      },
    },
    ...Array.from({ length: 20 }, () => make(rng.integer(1, 40), rng.integer(2, 300))),
    { ...make(1, 2), model: true },
  ];
}

/** The gradient of Kullback and Leibler's divergence. */
export const divergenceGradientKernel: Kernel<DivergenceGradientInputs, Record<string, never>> = {
  op,
  reference,
  // A quotient, a logarithm, a sum and a product.
  roundings: () => 16,
  record: (r, { p, q, dy }) => divergenceGradient(r, p, q, dy),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { p: tensor([4, 3]), q: tensor([3]), dy: tensor([3]) },
      attrs: {},
      says: "dy must be [4]: got [3]",
    },
  ],
};
