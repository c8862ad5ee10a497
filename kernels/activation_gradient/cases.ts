import { Rng } from "../../engine/mod.ts";
import { type Activation, activations } from "../activation/activations.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { activationGradient, type ActivationGradientInputs, op } from "./activation_gradient.ts";
import { reference } from "./reference.ts";

function cases(): Case<{ activation: Activation }>[] {
  const rng = new Rng(31);
  const special = [0, 1e-30, -1e-30, 40, -40, 90, -90, 3, -3];
  return activations.flatMap((activation) => {
    const make = (shape: number[], fill = normal, note?: string) => ({
      inputs: { x: tensor(shape, fill), dy: tensor(shape) },
      attrs: { activation },
      ...(note === undefined ? {} : { note }),
    });
    return [
      ...[[1], [2], [3], [4], [5], [255], [257], [1025], [3, 5, 7]].map((shape) => make(shape)),
      make([9], (_, i) => special[i] ?? 0, "special values"),
      make([4001], (_, i) => (i - 2000) / 200, "from -10 to 10"),
      ...Array.from({ length: 12 }, () => make([rng.integer(1, 60), rng.integer(1, 600)])),
      { ...make([372, 2048]), model: true },
    ];
  });
}

/** The gradients of ReLU, QuickGELU and both GELUs. */
export const activationGradientKernel: Kernel<
  ActivationGradientInputs,
  { activation: Activation }
> = {
  op,
  reference,
  // As the functions themselves, and a product; the sum of two terms may cancel.
  roundings: (_, { activation }) => activation === "relu" ? 1 : 24,
  record: (r, { x, dy }, { activation }) => activationGradient(r, x, dy, activation),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4]), dy: tensor([5]) },
      attrs: { activation: "relu" },
      says: "dy must have the shape of x: got x [4] and dy [5]",
    },
  ],
};
