import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { requireShapes } from "../shapes.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./entropy_gradient.wgsl" with { type: "text" };

/** Operands: the logits `[..., C]`, and the gradient of each row's entropy `[...]`. */
export interface EntropyGradientInputs {
  readonly x: Tensor;
  readonly dy: Tensor;
}

export const op = rowwise<EntropyGradientInputs>({
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
