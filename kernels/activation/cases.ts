import { caseOf, each, listed, ofModels, randomShape, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { gelu, geluTanh, op, quickGelu, relu } from "./activation.ts";
import { activations } from "./activations.ts";
import { activate } from "./reference.ts";

const recorded = { relu, quick_gelu: quickGelu, gelu, gelu_tanh: geluTanh };

/** ReLU, QuickGELU and both GELUs. */
export const activationKernel = prove(op, 3, {
  reference({ x }, { activation }) {
    return [{ shape: x.shape, data: x.data.map((value) => activate(activation, value)) }];
  },
  // The exponential's argument is off by a rounding, which its size of up to 10 magnifies.
  roundings: (_, { activation }) => activation === "relu" ? 0 : 16,
  record: (r, { x }, attrs) => recorded[attrs.activation](r, x),
  cases(rng) {
    const special = listed([0, -0, 1e-30, -1e-30, Infinity, NaN, 80, -80, 500, -500]);
    return activations.flatMap((activation) => {
      const make = (shape: number[], fill = normal, note?: string) =>
        caseOf({ x: tensor(shape, fill) }, { activation }, note);
      return [
        ...each("1 2 3 4 5 255 257 1025 3x5x7", (shape) => make(shape)),
        make([10], special, "special values"),
        make([4001], (_, i) => (i - 2000) / 200, "from -10 to 10"),
        make([1001], (_, i) => -(i + 1) / 200, "negative tail"),
        ...times(12, () => make(randomShape(rng, 60, 600))),
        ...ofModels("800x3072 598x2048", (shape) => make(shape)),
      ];
    });
  },
});
