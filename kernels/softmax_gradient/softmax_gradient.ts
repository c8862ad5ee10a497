import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { rowsOf, shareRows } from "../rows.ts";
import source from "./softmax_gradient.wgsl" with { type: "text" };

/** Operands, both `[..., D]`: what softmax gave, and the derivative by it. */
export interface SoftmaxGradientInputs {
  readonly y: Tensor;
  readonly dy: Tensor;
}

export const shader: Shader = {
  name: "softmax_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<SoftmaxGradientInputs, Record<string, never>> = {
  name: "softmax_gradient",

  infer({ y, dy }) {
    if (!sameShape(y.shape, dy.shape)) {
      throw new TypeError(
        `Cannot record softmax_gradient: dy must have the shape ${formatShape(y.shape)}: ` +
          `got ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: y.shape, dtype: "f32" }];
  },

  describe({ y }) {
    const { rows, width } = rowsOf(y.shape);
    return `rows=${rows},D=${width}`;
  },

  lower({ inputs: { y, dy }, outputs: [dx], adapter, dispatch }) {
    const { rows, width } = rowsOf(y.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { y, dy, dx },
      workgroups,
    });
  },

  cost: ({ y }) => ({ flops: 4 * elements(y.shape), bytes: 12 * elements(y.shape) }),
};

/** The derivative of softmax by its operand, out of what it gave. */
export function softmaxGradient(recorder: Recorder, y: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { y, dy }, {})[0];
}
