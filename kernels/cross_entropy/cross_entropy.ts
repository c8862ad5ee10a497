import { formatShape, type Recorder, sameShape, type Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import { requireShapes, type Tensors } from "../shapes.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./cross_entropy.wgsl" with { type: "text" };
import gradientSource from "./cross_entropy_gradient.wgsl" with { type: "text" };

export const gradientOp = rowwise<Tensors<"x" | "dy"> & Tensors<"labels", "u32">>({
  name: "cross_entropy_gradient",
  source: terms + gradientSource,
  reads: { x: "E", labels: "u32", dy: "E" },
  flops: 5,
  infer({ x: { shape }, labels, dy }) {
    const rows = shape.slice(0, -1);
    requireShapes("cross_entropy_gradient", { labels: [labels, rows], dy: [dy, rows] });
    return [{ shape, dtype: "f32" }];
  },
});

export const op = rowwise<Tensors<"x"> & Tensors<"labels", "u32">>({
  name: "cross_entropy",
  source: notANumber + terms + source,
  reads: { x: "E", labels: "u32" },
  flops: 4,
  infer({ x, labels }) {
    if (!sameShape(x.shape.slice(0, -1), labels.shape)) {
      throw new TypeError(
        `Cannot record cross_entropy: wanted a label for each row of ${formatShape(x.shape)}: ` +
          `got labels ${formatShape(labels.shape)}`,
      );
    }
    return [{ shape: labels.shape, dtype: "f32" }];
  },
  gradient: (r, { inputs: { x, labels }, dy }) => ({
    x: r.apply(gradientOp, { x, labels, dy }, {})[0],
  }),
});

/** The cross-entropy, in nats, of each row of logits `[..., C]` with its label. */
export function crossEntropy(recorder: Recorder, x: Tensor, labels: Tensor<"u32">): Tensor {
  return recorder.apply(op, { x, labels }, {})[0];
}
