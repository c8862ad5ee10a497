import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { type OneOperandGradient, requireShapes } from "../shapes.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./entropy_gradient.wgsl" with { type: "text" };

export const op = rowwise<OneOperandGradient>({
  name: "entropy_gradient",
  source: terms + source,
  reads: { x: "E", dy: "E" },
  flops: 8,
  infer({ x: { shape }, dy }) {
    requireShapes("entropy_gradient", { dy: [dy, shape.slice(0, -1)] });
    return [{ shape, dtype: "f32" }];
  },
});

/** Gradient of the entropy of softmax with respect to the logits. */
export function entropyGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}
