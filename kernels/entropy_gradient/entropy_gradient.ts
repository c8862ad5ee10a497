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
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./entropy_gradient.wgsl" with { type: "text" };

/** Operands: the logits `[..., C]`, and the derivative by each row's entropy `[...]`. */
export interface EntropyGradientInputs {
  readonly x: Tensor;
  readonly dy: Tensor;
}

export const shader: Shader = {
  name: "entropy_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<EntropyGradientInputs, Record<string, never>> = {
  name: "entropy_gradient",

  infer({ x, dy }) {
    if (!sameShape(x.shape.slice(0, -1), dy.shape)) {
      throw new TypeError(
        `Cannot record entropy_gradient: dy must have a number for each row of ` +
          `${formatShape(x.shape)}: got ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, dy }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, dy, y },
      workgroups,
    });
  },

  cost: ({ x }) => ({ flops: 8 * elements(x.shape), bytes: 8 * elements(x.shape) }),
};

/** The derivative of the entropy of softmax by the logits. */
export function entropyGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}
