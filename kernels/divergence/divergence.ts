import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { divergenceGradient } from "../divergence_gradient/divergence_gradient.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import { describeRows } from "../shapes.ts";
import source from "./divergence.wgsl" with { type: "text" };

/** Operands: shares `[..., C]`, and the numbers above 0, `[C]`, that they are measured by. */
export interface DivergenceInputs {
  readonly p: Tensor;
  readonly q: Tensor;
}

export const op = rowwise<DivergenceInputs>({
  name: "divergence",
  source: notANumber + source,
  reads: { p: "E", q: "E" },
  flops: 4,
  infer({ p: { shape }, q }) {
    if (q.shape.length !== 1 || q.shape[0] !== shape.at(-1)) {
      throw new TypeError(
        `Cannot record divergence: q must have a share for each column of ` +
          `${formatShape(shape)}: got ${formatShape(q.shape)}`,
      );
    }
    return [{ shape: shape.slice(0, -1), dtype: "f32" }];
  },
  describe: ({ p }) => describeRows(p, "C"),
  gradient: (r, { inputs: { p, q }, dy }) => ({ p: divergenceGradient(r, p, q, dy) }),
});

/** Kullback-Leibler divergence, in nats, of shares `[..., C]` from `q` `[C]`; from ones, minus the entropy. */
export function divergence(recorder: Recorder, p: Tensor, q: Tensor): Tensor {
  return recorder.apply(op, { p, q }, {})[0];
}
