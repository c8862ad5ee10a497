import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { type Activation, activations } from "../activation/activations.ts";
import functions from "../activation/activation_functions.wgsl" with { type: "text" };
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import source from "./activation_gradient.wgsl" with { type: "text" };
import { reference } from "./reference.ts";
import slopes from "./slopes.wgsl" with { type: "text" };

/** Operands: what the activation got, and the derivative by what it gave. */
export interface ActivationGradientInputs {
  readonly x: Tensor;
  readonly dy: Tensor;
}

const shader: Shader = {
  name: "activation_gradient.wgsl",
  source: functions + slopes + source,
  flags: { ACTIVATION: activations, TEXELS: [false, true] },
};

const op: Op<ActivationGradientInputs, { readonly activation: Activation }> = {
  name: "activation_gradient",

  infer({ x, dy }) {
    if (!sameShape(x.shape, dy.shape)) {
      throw new TypeError(
        `Cannot record activation_gradient: dy must be ${formatShape(x.shape)}: ` +
          `got ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: ({ x }, { activation }) => `${activation},x=${x.shape.join("x")}`,

  lower({ inputs: { x, dy }, outputs: [y], attrs: { activation }, adapter, texels, dispatch }) {
    const count4 = Math.ceil(elements(x.shape) / 4);
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const load = readTexels ? texels : (tensor: Tensor) => tensor;
    dispatch({
      shader,
      flags: { ACTIVATION: activation, TEXELS: readTexels },
      constants: { INVOCATIONS: invocations },
      params: { count4 },
      bindings: { x: load(x), dy: load(dy), y },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },

  reference,

  cost: ({ x }, { activation }) => ({
    flops: elements(x.shape) * { relu: 1, quick_gelu: 9, gelu: 32, gelu_tanh: 16 }[activation],
    bytes: 12 * elements(x.shape),
  }),

  // As the functions themselves, and a product; the sum of two terms may cancel.
  roundings: (_, { activation }) => activation === "relu" ? 1 : 24,
};

/** The derivative by what an activation function got. */
export function activationGradient(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  activation: Activation,
): Tensor {
  return recorder.apply(op, { x, dy }, { activation })[0];
}

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
  record: (r, { x, dy }, { activation }) => activationGradient(r, x, dy, activation),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4]), dy: tensor([5]) },
      attrs: { activation: "relu" },
      says: "dy must be [4]: got [5]",
    },
  ],
};
