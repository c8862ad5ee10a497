import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { requireShapes } from "../shapes.ts";
import source from "./softmax_gradient.wgsl" with { type: "text" };

/** Operands, both `[..., D]`: the result of softmax, and its gradient. */
export interface SoftmaxGradientInputs {
  readonly y: Tensor;
  readonly dy: Tensor;
}

export const op = rowwise<SoftmaxGradientInputs>({
  name: "softmax_gradient",
  source,
  reads: { y: "E", dy: "E" },
  writes: { dx: "E" },
  flops: 4,
  infer({ y: { shape }, dy }) {
    requireShapes("softmax_gradient", { dy: [dy, shape] });
    return [{ shape, dtype: "f32" }];
  },
});

/** Gradient of softmax with respect to its input, from its result. */
export function softmaxGradient(recorder: Recorder, y: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { y, dy }, {})[0];
}
