import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import functions from "../activation/activation_functions.wgsl" with { type: "text" };
import { type Activation, activations } from "../activation/activations.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./activation_gradient.wgsl" with { type: "text" };
import slopes from "./slopes.wgsl" with { type: "text" };

/** Operands: what the activation got, and the derivative by what it gave. */
export interface ActivationGradientInputs {
  readonly x: Tensor;
  readonly dy: Tensor;
}

export const shader: Shader = {
  name: "activation_gradient.wgsl",
  source: functions + slopes + source,
  flags: { ACTIVATION: activations, TEXELS: [false, true] },
};

export const op: Op<ActivationGradientInputs, { readonly activation: Activation }> = {
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

  cost: ({ x }, { activation }) => ({
    flops: elements(x.shape) * { relu: 1, quick_gelu: 9, gelu: 32, gelu_tanh: 16 }[activation],
    bytes: 12 * elements(x.shape),
  }),
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
