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
import source from "./l2_normalize_gradient.wgsl" with { type: "text" };

/** Operands: the rows as they were, and the derivative by the scaled ones. */
export interface L2NormalizeGradientInputs {
  /** `[..., D]` */
  readonly x: Tensor;
  readonly dy: Tensor;
}

export const shader: Shader = {
  name: "l2_normalize_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<L2NormalizeGradientInputs, Record<string, never>> = {
  name: "l2_normalize_gradient",

  infer({ x, dy }) {
    if (!sameShape(x.shape, dy.shape)) {
      throw new TypeError(
        `Cannot record l2_normalize_gradient: dy must be ${formatShape(x.shape)}: ` +
          `got ${formatShape(dy.shape)}`,
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

  cost: ({ x }) => ({ flops: 9 * elements(x.shape), bytes: 12 * elements(x.shape) }),
};

/** The derivative by what a scaling of rows to length 1 got. */
export function l2NormalizeGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}
