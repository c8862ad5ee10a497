import { activations } from "../activation/activations.ts";
import { slope } from "../activation/reference.ts";
import { caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { activationGradient, op } from "./activation_gradient.ts";

/** The gradients of ReLU, QuickGELU and both GELUs. */
export const activationGradientKernel = prove(op, 31, {
  reference({ x, dy }, { activation }) {
    const data = x.data.map((value, i) => (dy.data[i] ?? NaN) * slope(activation, value));
    return [{ shape: x.shape, data }];
  },
  // As the functions themselves, and a product; the sum of two terms may cancel.
  roundings: (_, { activation }) => activation === "relu" ? 1 : 24,
  record: (r, { x, dy }, { activation }) => activationGradient(r, x, dy, activation),
  cases(rng) {
    const special = listed([0, 1e-30, -1e-30, 40, -40, 90, -90, 3, -3]);
    return activations.flatMap((activation) => {
      const make = (shape: number[], fill = normal, note?: string) =>
        caseOf({ x: tensor(shape, fill), dy: tensor(shape) }, { activation }, note);
      return [
        ...each("1 2 3 4 5 255 257 1025 3x5x7", (shape) => make(shape)),
        make([9], special, "special values"),
        make([4001], (_, i) => (i - 2000) / 200, "from -10 to 10"),
        ...times(12, () => make(randomShape(rng, 60, 600))),
        ...ofModels("372x2048", (shape) => make(shape)),
      ];
    });
  },
  refusals: [
    refuse("dy must have the shape of x: got x [4] and dy [5]", { x: "4", dy: "5" }, {
      activation: "relu",
    }),
  ],
});
