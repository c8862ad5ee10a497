import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { entropyGradient } from "../entropy_gradient/entropy_gradient.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { describeRows, rowsOf, shareRows } from "../rows.ts";
import source from "./entropy.wgsl" with { type: "text" };

/** Operand of the entropy. */
export interface EntropyInputs {
  /** Logits `[..., C]`. */
  readonly x: Tensor;
}

/** Settings of the entropy. */
export interface EntropyAttrs {
  /**
   * Added to each probability under the logarithm; 0 if left out, which is exact. What was written
   * with an epsilon is reproduced with it.
   */
  readonly eps?: number;
}

export const shader: Shader = {
  name: "entropy.wgsl",
  source: rowReduction + source,
  flags: { EPS: [false, true], ALONE: [false, true] },
};

export const op: Op<EntropyInputs, EntropyAttrs> = {
  name: "entropy",

  infer({ x }, { eps = 0 }) {
    if (!(eps >= 0 && eps < 1)) {
      throw new RangeError(`Cannot record entropy: eps must be 0 or a little more: got ${eps}`);
    }
    if (x.shape.length < 2) {
      throw new TypeError(
        `Cannot record entropy: wanted rows of logits: got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: x.shape.slice(0, -1), dtype: "f32" }];
  },

  describe: (inputs, { eps = 0 }) => `${describeRows(inputs)}${eps > 0 ? `,eps=${eps}` : ""}`,

  lower({ inputs: { x }, outputs: [y], attrs: { eps = 0 }, adapter, dispatch }) {
    const { rows, width } = rowsOf(x.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { EPS: eps > 0, ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width, eps },
      bindings: { x, y },
      workgroups,
    });
  },

  cost: ({ x }) => ({
    flops: 6 * elements(x.shape),
    bytes: 4 * (elements(x.shape) + rowsOf(x.shape).rows),
  }),

  gradient(r, { inputs: { x }, dy, attrs: { eps = 0 } }) {
    if (eps > 0) throw new TypeError("Cannot differentiate entropy: only without its eps");
    return { x: entropyGradient(r, x, dy) };
  },
};

/** The entropy, in nats, of the softmax of each row of logits `[..., C]`. */
export function entropy(recorder: Recorder, x: Tensor, attrs: EntropyAttrs = {}): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}
