import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { rowsOf } from "../rows.ts";
import source from "./divergence_gradient.wgsl" with { type: "text" };

/** Operands: those of the divergence, and the derivative by it. */
export interface DivergenceGradientInputs {
  readonly p: Tensor;
  readonly q: Tensor;
  readonly dy: Tensor;
}

export const shader: Shader = { name: "divergence_gradient.wgsl", source };

export const op: Op<DivergenceGradientInputs, Record<string, never>> = {
  name: "divergence_gradient",

  infer({ p, q, dy }) {
    if (!sameShape(p.shape.slice(0, -1), dy.shape) || sizeAt(p.shape, -1) !== q.shape[0]) {
      throw new TypeError(
        `Cannot record divergence_gradient: wanted a share for each column and a derivative for ` +
          `each row of ${formatShape(p.shape)}: got ${formatShape(q.shape)} and ` +
          formatShape(dy.shape),
      );
    }
    return [{ shape: p.shape, dtype: "f32" }];
  },

  describe({ p }) {
    const { rows, width } = rowsOf(p.shape);
    return `rows=${rows},C=${width}`;
  },

  lower({ inputs: { p, q, dy }, outputs: [dp], adapter, dispatch }) {
    const invocations = choose(adapter).flatInvocations, length = elements(p.shape);
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { length, columns: rowsOf(p.shape).width },
      bindings: { p, q, dy, dp },
      workgroups: grid(Math.ceil(length / invocations)),
    });
  },

  cost: ({ p }) => ({ flops: 4 * elements(p.shape), bytes: 8 * elements(p.shape) }),
};

/** The derivative of the divergence by the shares. */
export function divergenceGradient(recorder: Recorder, p: Tensor, q: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { p, q, dy }, {})[0];
}
