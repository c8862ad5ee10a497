import type { Shape } from "../../engine/mod.ts";
import { all, each, listed, ofModels, refuse, times } from "../case_tables.ts";
import { shares } from "../divergence/cases.ts";
import { tensor } from "../kernel.ts";
import { divergenceGradient, op } from "./divergence_gradient.ts";
import { prove } from "../prove.ts";
import { reference } from "./reference.ts";

/** The gradient of the Kullback-Leibler divergence. */
export const divergenceGradientKernel = prove(op, 53, {
  reference,
  // A quotient, a logarithm, a sum and a product.
  roundings: () => 16,
  record: (r, { p, q, dy }) => divergenceGradient(r, p, q, dy),
  cases(rng) {
    const make = (shape: Shape) => ({
      inputs: { ...shares(shape), dy: tensor(shape.slice(0, -1)) },
      attrs: {},
    });
    return [
      ...each("1x1 2x2 5x3 3x8 3x9 2x127 2x128 3x129 2x1000", make),
      {
        inputs: { p: tensor([3, 2], listed([0, 1])), q: tensor([2], all(0.5)), dy: tensor([3]) },
        attrs: {},
        note: "nothing",
      },
      ...times(20, () => make([rng.integer(1, 40), rng.integer(2, 300)])),
      ...ofModels("1x2", make),
    ];
  },
  refusals: [refuse("dy must be [4]: got [3]", { p: "4x3", q: "3", dy: "3" }, {})],
});
