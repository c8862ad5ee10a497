import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import { describeRows, requireShapes, type Tensors } from "../shapes.ts";
import terms from "../softmax/terms.wgsl" with { type: "text" };
import source from "./entropy.wgsl" with { type: "text" };
import gradientSource from "./entropy_gradient.wgsl" with { type: "text" };

/** Settings of the entropy. */
export interface EntropyAttrs {
  /**
   * Added to each probability under the logarithm; 0 if left out, which is exact. What was written
   * with an epsilon is reproduced with it.
   */
  readonly eps?: number;
}

export const gradientOp = rowwise<Tensors<"x" | "dy">>({
  name: "entropy_gradient",
  source: terms + gradientSource,
  reads: { x: "E", dy: "E" },
  flops: 8,
  infer({ x: { shape }, dy }) {
    requireShapes("entropy_gradient", { dy: [dy, shape.slice(0, -1)] });
    return [{ shape, dtype: "f32" }];
  },
});

export const op = rowwise<Tensors<"x">, EntropyAttrs>({
  name: "entropy",
  source: notANumber + terms + source,
  reads: { x: "E" },
  flags: { EPS: [false, true] },
  flagsFor: (_, { eps = 0 }) => ({ EPS: eps > 0 }),
  params: (_, { eps = 0 }) => ({ eps }),
  flops: 6,
  infer({ x }, { eps = 0 }) {
    if (!(eps >= 0 && eps < 1)) {
      throw new RangeError(`Cannot record entropy: eps must be 0 or a little more: got ${eps}`);
    }
    if (x.shape.length < 2) {
      throw new TypeError(
        `Cannot record entropy: wanted rows of logits: got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: x.shape.slice(0, -1), dtype: "f32" }];
  },
  describe: ({ x }, { eps = 0 }) => `${describeRows(x)}${eps > 0 ? `,eps=${eps}` : ""}`,
  gradient(r, { inputs: { x }, dy, attrs: { eps = 0 } }) {
    if (eps > 0) throw new TypeError("Cannot differentiate entropy: only without its eps");
    return { x: r.apply(gradientOp, { x, dy }, {})[0] };
  },
});

/** The entropy, in nats, of the softmax of each row of logits `[..., C]`. */
export function entropy(recorder: Recorder, x: Tensor, attrs: EntropyAttrs = {}): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}
