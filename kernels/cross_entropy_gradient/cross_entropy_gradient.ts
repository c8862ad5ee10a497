import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { requireShapes } from "../shapes.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./cross_entropy_gradient.wgsl" with { type: "text" };

/** Operands: those of the cross-entropy, and the gradient of its result. */
export interface CrossEntropyGradientInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
  readonly dy: Tensor;
}

export const op = rowwise<CrossEntropyGradientInputs>({
  name: "cross_entropy_gradient",
  source: terms + source,
  reads: { x: "E", labels: "u32", dy: "E" },
  flops: 5,
  infer({ x: { shape }, labels, dy }) {
    const rows = shape.slice(0, -1);
    requireShapes("cross_entropy_gradient", { labels: [labels, rows], dy: [dy, rows] });
    return [{ shape, dtype: "f32" }];
  },
});

/** Gradient of the cross-entropy with respect to the logits. */
export function crossEntropyGradient(
  recorder: Recorder,
  x: Tensor,
  labels: Tensor<"u32">,
  dy: Tensor,
): Tensor {
  return recorder.apply(op, { x, labels, dy }, {})[0];
}
