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
import source from "./cross_entropy_gradient.wgsl" with { type: "text" };

/** Operands: those of the cross-entropy, and the derivative by it. */
export interface CrossEntropyGradientInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
  readonly dy: Tensor;
}

export const shader: Shader = {
  name: "cross_entropy_gradient.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<CrossEntropyGradientInputs, Record<string, never>> = {
  name: "cross_entropy_gradient",

  infer({ x, labels, dy }) {
    const rows = x.shape.slice(0, -1);
    if (!sameShape(rows, labels.shape) || !sameShape(rows, dy.shape)) {
      throw new TypeError(
        `Cannot record cross_entropy_gradient: wanted a label and a derivative for each row of ` +
          `${formatShape(x.shape)}: got ${formatShape(labels.shape)} and ${formatShape(dy.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, labels, dy }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { x, labels, dy, y },
      workgroups,
    });
  },

  cost: ({ x }) => ({ flops: 5 * elements(x.shape), bytes: 8 * elements(x.shape) }),
};

/** The derivative of the cross-entropy by the logits. */
export function crossEntropyGradient(
  recorder: Recorder,
  x: Tensor,
  labels: Tensor<"u32">,
  dy: Tensor,
): Tensor {
  return recorder.apply(op, { x, labels, dy }, {})[0];
}
