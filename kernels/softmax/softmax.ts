import { elements, type Op, type Recorder, type Shader, type Tensor } from "../../engine/mod.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import { softmaxGradient } from "../softmax_gradient/softmax_gradient.ts";
import source from "./softmax.wgsl" with { type: "text" };

/** Operand of softmax. */
export interface SoftmaxInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

export const shader: Shader = {
  name: "softmax.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<SoftmaxInputs, Record<string, never>> = {
  name: "softmax",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: describeRows,

  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, y },
      workgroups,
    });
  },

  cost: ({ x }) => ({ flops: 5 * elements(x.shape), bytes: 8 * elements(x.shape) }),

  gradient: (r, { y, dy }) => ({ x: softmaxGradient(r, y, dy) }),
};

/** Softmax over the last axis. */
export function softmax(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
