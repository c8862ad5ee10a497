import type { Recorder, Tensor } from "../../engine/mod.ts";
import functions from "../activation/activation_functions.wgsl" with { type: "text" };
import { type Activation, activations } from "../activation/activations.ts";
import { elementwise } from "../elementwise.ts";
import type { Tensors } from "../shapes.ts";
import source from "./activation_gradient.wgsl" with { type: "text" };

export const op = elementwise<Tensors<"x" | "dy">, { readonly activation: Activation }>({
  name: "activation_gradient",
  source: functions + source,
  inputs: ["x", "dy"],
  texels: true,
  flags: { ACTIVATION: activations },
  flagsFor: (_, { activation }) => ({ ACTIVATION: activation }),
  flops: (_, { activation }) => ({ relu: 1, quick_gelu: 9, gelu: 32, gelu_tanh: 16 })[activation],
  describe: ({ x }, { activation }) => `${activation},x=${x.shape.join("x")}`,
});

/** Gradient of an activation function with respect to its input. */
export function activationGradient(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  activation: Activation,
): Tensor {
  return recorder.apply(op, { x, dy }, { activation })[0];
}
