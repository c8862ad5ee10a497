import { type Shape, sizeAt } from "../../engine/mod.ts";
import { all, caseOf, each, listed, ofModels, refuse, times } from "../case_tables.ts";
import { shares } from "../divergence/cases.ts";
import { tensor } from "../kernel.ts";
import { prove } from "../prove.ts";
import { divergenceGradient, op } from "./divergence_gradient.ts";

/** The gradient of the Kullback-Leibler divergence. */
export const divergenceGradientKernel = prove(op, 53, {
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
  record: (r, { p, q, dy }) => divergenceGradient(r, p, q, dy),
  cases(rng) {
    const make = (shape: Shape) => caseOf({ ...shares(shape), dy: tensor(shape.slice(0, -1)) }, {});
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
