import type { Recorder, Tensor } from "../../engine/mod.ts";
import { activationGradient } from "../activation_gradient/activation_gradient.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./activation.wgsl" with { type: "text" };
import functions from "./activation_functions.wgsl" with { type: "text" };
import { type Activation, activations } from "./activations.ts";

export const op = elementwise<Tensors<"x">, { readonly activation: Activation }>({
  name: "activation",
  source: functions + source,
  inputs: ["x"],
  texels: true,
  flags: { ACTIVATION: activations },
  flagsFor: (_, { activation }) => ({ ACTIVATION: activation }),
  // An exponential counts as one operation: what it takes differs from device to device.
  flops: (_, { activation }) => ({ relu: 1, quick_gelu: 4, gelu: 24, gelu_tanh: 8 })[activation],
  describe: ({ x }, { activation }) => `${activation},x=${x.shape.join("x")}`,
  gradient: (r, { inputs: { x }, dy, attrs: { activation } }) => ({
    x: activationGradient(r, x, dy, activation),
  }),
});

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
