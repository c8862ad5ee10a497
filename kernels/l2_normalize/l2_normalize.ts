import { elements, type Op, type Recorder, type Shader, type Tensor } from "../../engine/mod.ts";
import { l2NormalizeGradient } from "../l2_normalize_gradient/l2_normalize_gradient.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };

/** Operand of the L2 normalisation. */
export interface L2NormalizeInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

export const shader: Shader = {
  name: "l2_normalize.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<L2NormalizeInputs, Record<string, never>> = {
  name: "l2_normalize",
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

  cost: ({ x }) => ({ flops: 4 * elements(x.shape), bytes: 8 * elements(x.shape) }),

  gradient: (r, { inputs: { x }, dy }) => ({ x: l2NormalizeGradient(r, x, dy) }),
};

/** Scales each row, over the last axis, to length 1; a row of zeros stays zeros. */
export function l2Normalize(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
