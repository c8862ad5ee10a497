import {
  elements,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, normal, tensor } from "../kernel.ts";
import { activationGradient } from "../activation_gradient/activation_gradient.ts";
import { type Activation, activations } from "./activations.ts";
import functions from "./activation_functions.wgsl" with { type: "text" };
import source from "./activation.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operand of an activation. */
export interface ActivationInputs {
  readonly x: Tensor;
}

const shader: Shader = {
  name: "activation.wgsl",
  source: functions + source,
  flags: { ACTIVATION: activations, TEXELS: [false, true] },
};

const op: Op<ActivationInputs, { readonly activation: Activation }> = {
  name: "activation",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: ({ x }, { activation }) => `${activation},x=${x.shape.join("x")}`,

  lower({ inputs: { x }, outputs: [y], attrs: { activation }, adapter, texels, dispatch }) {
    const count4 = Math.ceil(elements(x.shape) / 4);
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    dispatch({
      shader,
      flags: { ACTIVATION: activation, TEXELS: readTexels },
      constants: { INVOCATIONS: invocations },
      params: { count4 },
      bindings: { x: readTexels ? texels(x) : x, y },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },

  reference,

  // An exponential counts as one operation: what it takes differs from device to device.
  cost: ({ x }, { activation }) => ({
    flops: elements(x.shape) * { relu: 1, quick_gelu: 4, gelu: 24, gelu_tanh: 8 }[activation],
    bytes: 8 * elements(x.shape),
  }),

  // The exponential's argument is off by a rounding, which its size of up to 10 magnifies.
  roundings: (_, { activation }) => activation === "relu" ? 0 : 16,

  gradient: (r, { inputs: { x }, dy, attrs: { activation } }) => ({
    x: activationGradient(r, x, dy, activation),
  }),
};

/** ReLU: `max(x, 0)`. */
export function relu(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, { activation: "relu" })[0];
}

/** CLIP's QuickGELU: `x sigmoid(1.702 x)`. */
export function quickGelu(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, { activation: "quick_gelu" })[0];
}

/** GELU by the error function, not by its tanh approximation. */
export function gelu(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, { activation: "gelu" })[0];
}

/** GELU by its tanh approximation: up to 5e-4 from the real one. */
export function geluTanh(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, { activation: "gelu_tanh" })[0];
}

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
  record: (r, { x }, attrs) => recorded[attrs.activation](r, x),
  shaders: [shader],
  cases,
  refusals: [],
};

const recorded = { relu, quick_gelu: quickGelu, gelu, gelu_tanh: geluTanh };
