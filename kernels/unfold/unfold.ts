import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./unfold.wgsl" with { type: "text" };

/** Operand of the unfolding. */
export interface UnfoldInputs {
  /** `[B, T, D]` */
  readonly x: Tensor;
}

export const shader: Shader = { name: "unfold.wgsl", source, flags: { ELEMENT: ["vec4f", "f32"] } };

export const op: Op<UnfoldInputs, Record<string, never>> = {
  name: "unfold",

  infer({ x }) {
    const [batch = 0, steps = 0, width = 0] = x.shape;
    if (x.shape.length !== 3) {
      throw new TypeError(`Cannot record unfold: x must be [B, T, D]: got ${formatShape(x.shape)}`);
    }
    return [{ shape: [batch, steps, 3 * width], dtype: "f32" }];
  },

  describe: ({ x }) => `B=${x.shape[0]},T=${x.shape[1]},D=${x.shape[2]}`,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const width = sizeAt(x.shape, 2);
    const per = width % 4 === 0 ? 4 : 1, invocations = choose(adapter).flatInvocations;
    const count = elements(y.shape) / per;
    dispatch({
      shader,
      flags: { ELEMENT: per === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, columns: width / per, steps: sizeAt(x.shape, 1) },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  cost: ({ x }) => ({ flops: 0, bytes: 16 * elements(x.shape) }),
};

/** Each time step of `[B, T, D]` beside its neighbours: `[B, T, 3 D]`. */
export function unfold(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
