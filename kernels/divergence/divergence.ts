import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { divergenceGradient } from "../divergence_gradient/divergence_gradient.ts";
import rowReduction from "../row_reduction.wgsl" with { type: "text" };
import { rowsOf, shareRows } from "../rows.ts";
import source from "./divergence.wgsl" with { type: "text" };

/** Operands: shares `[..., C]`, and the numbers above 0, `[C]`, that they are measured by. */
export interface DivergenceInputs {
  readonly p: Tensor;
  readonly q: Tensor;
}

export const shader: Shader = {
  name: "divergence.wgsl",
  source: rowReduction + source,
  flags: { ALONE: [false, true] },
};

export const op: Op<DivergenceInputs, Record<string, never>> = {
  name: "divergence",

  infer({ p, q }) {
    if (q.shape.length !== 1 || p.shape.length === 0 || sizeAt(p.shape, -1) !== q.shape[0]) {
      throw new TypeError(
        `Cannot record divergence: q must have a share for each column of ` +
          `${formatShape(p.shape)}: got ${formatShape(q.shape)}`,
      );
    }
    return [{ shape: p.shape.slice(0, -1), dtype: "f32" }];
  },

  describe({ p }) {
    const { rows, width } = rowsOf(p.shape);
    return `rows=${rows},C=${width}`;
  },

  lower({ inputs: { p, q }, outputs: [y], adapter, dispatch }) {
    const { rows, width } = rowsOf(p.shape);
    const { alone, invocations, workgroups } = shareRows(rows, width, adapter);
    dispatch({
      shader,
      flags: { ALONE: alone },
      constants: { INVOCATIONS: invocations },
      params: { rows, columns: width },
      bindings: { p, q, y },
      workgroups,
    });
  },

  cost: ({ p }) => ({ flops: 4 * elements(p.shape), bytes: 4 * elements(p.shape) }),

  gradient: (r, { inputs: { p, q }, dy }) => ({ p: divergenceGradient(r, p, q, dy) }),
};

/** Kullback and Leibler's divergence, in nats, of shares `[..., C]` from the shares `[C]`; from ones, minus the entropy. */
export function divergence(recorder: Recorder, p: Tensor, q: Tensor): Tensor {
  return recorder.apply(op, { p, q }, {})[0];
}
