import type { Recorder, Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import { describeRows, requireShapes, rowsOf } from "../shapes.ts";
import source from "./divergence_gradient.wgsl" with { type: "text" };

/** Operands: those of the divergence, and the gradient of its result. */
export interface DivergenceGradientInputs {
  readonly p: Tensor;
  readonly q: Tensor;
  readonly dy: Tensor;
}

export const op = perElement<DivergenceGradientInputs>({
  name: "divergence_gradient",
  source: notANumber + source,
  reads: { p: "E", q: "E", dy: "E" },
  writes: { dp: "E" },
  flops: 4,
  infer({ p: { shape }, q, dy }) {
    requireShapes("divergence_gradient", {
      q: [q, shape.slice(-1)],
      dy: [dy, shape.slice(0, -1)],
    });
    return [{ shape, dtype: "f32" }];
  },
  describe: ({ p }) => describeRows(p, "C"),
  params: ({ p }) => ({ columns: rowsOf(p.shape).width }),
});

/** Gradient of the divergence with respect to the shares `p`. */
export function divergenceGradient(recorder: Recorder, p: Tensor, q: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { p, q, dy }, {})[0];
}
