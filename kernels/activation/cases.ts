import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { type ActivationInputs, gelu, geluTanh, op, quickGelu, relu } from "./activation.ts";
import { type Activation, activations } from "./activations.ts";
import { reference } from "./reference.ts";

function cases(): Case<{ activation: Activation }>[] {
  const rng = new Rng(3);
  const special = [0, -0, 1e-30, -1e-30, Infinity, NaN, 80, -80, 500, -500];
  return activations.flatMap((activation) => {
    const make = (shape: number[], fill = normal, note?: string) => ({
      inputs: { x: tensor(shape, fill) },
      attrs: { activation },
      ...(note === undefined ? {} : { note }),
    });
    return [
      ...[[1], [2], [3], [4], [5], [255], [257], [1025], [3, 5, 7]].map((shape) => make(shape)),
      make([10], (_, i) => special[i] ?? 0, "special values"),
      make([4001], (_, i) => (i - 2000) / 200, "from -10 to 10"),
      make([1001], (_, i) => -(i + 1) / 200, "negative tail"),
      ...Array.from({ length: 12 }, () => make([rng.integer(1, 60), rng.integer(1, 600)])),
      { ...make([800, 3072]), model: true },
      { ...make([598, 2048]), model: true },
    ];
  });
}

/** ReLU, QuickGELU and both GELUs. */
export const activationKernel: Kernel<ActivationInputs, { activation: Activation }> = {
  op,
  reference,
  // The exponential's argument is off by a rounding, which its size of up to 10 magnifies.
  roundings: (_, { activation }) => activation === "relu" ? 0 : 16,
  record: (r, { x }, attrs) => recorded[attrs.activation](r, x),
  shaders: op.shaders,
  cases,
  refusals: [],
};

const recorded = { relu, quick_gelu: quickGelu, gelu, gelu_tanh: geluTanh };
