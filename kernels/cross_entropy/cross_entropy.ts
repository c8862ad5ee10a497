import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { crossEntropyGradient } from "../cross_entropy_gradient/cross_entropy_gradient.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./cross_entropy.wgsl" with { type: "text" };

/** Operands: logits `[..., C]`, and the class that each row should have `[...]`. */
export interface CrossEntropyInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
}

export const shader: Shader = {
  name: "cross_entropy.wgsl",
  source: rowReduction + notANumber + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<CrossEntropyInputs, Record<string, never>> = {
  name: "cross_entropy",

  infer({ x, labels }) {
    if (!sameShape(x.shape.slice(0, -1), labels.shape)) {
      throw new TypeError(
        `Cannot record cross_entropy: wanted a label for each row of ${formatShape(x.shape)}: ` +
          `got labels ${formatShape(labels.shape)}`,
      );
    }
    return [{ shape: labels.shape, dtype: "f32" }];
  },

  describe: describeRows,

  lower({ inputs: { x, labels }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width, zero: 0 },
      bindings: { x, labels, y },
      workgroups,
    });
  },

  cost: ({ x }) => ({ flops: 4 * elements(x.shape), bytes: 4 * elements(x.shape) }),

  gradient: (r, { inputs: { x, labels }, dy }) => ({ x: crossEntropyGradient(r, x, labels, dy) }),
};

/** The cross-entropy, in nats, of each row of logits `[..., C]` and its label. */
export function crossEntropy(recorder: Recorder, x: Tensor, labels: Tensor<"u32">): Tensor {
  return recorder.apply(op, { x, labels }, {})[0];
}
