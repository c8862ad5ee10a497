import { elements, type Op, type Recorder, type Shader, type Tensor } from "../../engine/mod.ts";
import { activationGradient } from "../activation_gradient/activation_gradient.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./activation.wgsl" with { type: "text" };
import functions from "./activation_functions.wgsl" with { type: "text" };
import { type Activation, activations } from "./activations.ts";

/** Operand of an activation. */
export interface ActivationInputs {
  readonly x: Tensor;
}

export const shader: Shader = {
  name: "activation.wgsl",
  source: functions + source,
  flags: { ACTIVATION: activations, TEXELS: [false, true] },
};

export const op: Op<ActivationInputs, { readonly activation: Activation }> = {
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

  // An exponential counts as one operation: what it takes differs from device to device.
  cost: ({ x }, { activation }) => ({
    flops: elements(x.shape) * { relu: 1, quick_gelu: 4, gelu: 24, gelu_tanh: 8 }[activation],
    bytes: 8 * elements(x.shape),
  }),

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
