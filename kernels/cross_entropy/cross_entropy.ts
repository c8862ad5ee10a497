import { formatShape, type Recorder, sameShape, type Tensor } from "../../engine/mod.ts";
import { crossEntropyGradient } from "../cross_entropy_gradient/cross_entropy_gradient.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./cross_entropy.wgsl" with { type: "text" };

/** Operands: logits `[..., C]`, and the class that each row should have `[...]`. */
export interface CrossEntropyInputs {
  readonly x: Tensor;
  readonly labels: Tensor<"u32">;
}

export const op = rowwise<CrossEntropyInputs>({
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
  gradient: (r, { inputs: { x, labels }, dy }) => ({ x: crossEntropyGradient(r, x, labels, dy) }),
});

/** The cross-entropy, in nats, of each row of logits `[..., C]` with its label. */
export function crossEntropy(recorder: Recorder, x: Tensor, labels: Tensor<"u32">): Tensor {
  return recorder.apply(op, { x, labels }, {})[0];
}
