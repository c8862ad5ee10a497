import { elements, type Op, type Recorder, type Shader, type Tensor } from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./scale.wgsl" with { type: "text" };

/** Operand of scaling. */
export interface ScaleInputs {
  readonly x: Tensor;
}

/** Settings of scaling. */
export interface ScaleAttrs {
  readonly factor: number;
}

export const shader: Shader = { name: "scale.wgsl", source };

export const op: Op<ScaleInputs, ScaleAttrs> = {
  name: "scale",

  infer({ x }, { factor }) {
    if (!Number.isFinite(Math.fround(factor))) {
      throw new RangeError(`Cannot record scale: factor must be a float32 number: got ${factor}`);
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: ({ x }, { factor }) => `x=${x.shape.join("x")},factor=${factor}`,

  lower({ inputs: { x }, outputs: [y], attrs: { factor }, adapter, dispatch }) {
    const count4 = Math.ceil(elements(x.shape) / 4);
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count4, factor },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },

  cost: ({ x }) => ({ flops: elements(x.shape), bytes: 8 * elements(x.shape) }),

  gradient: (r, { dy, attrs: { factor } }) => ({ x: scale(r, dy, factor) }),
};

/** A tensor times a number. */
export function scale(recorder: Recorder, x: Tensor, factor: number): Tensor {
  return recorder.apply(op, { x }, { factor })[0];
}
