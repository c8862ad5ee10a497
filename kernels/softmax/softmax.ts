import type { Recorder, Tensor } from "../../engine/mod.ts";
import notANumber from "../not_a_number.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import { requireShapes, type Tensors } from "../shapes.ts";
import source from "./softmax.wgsl" with { type: "text" };
import gradientSource from "./softmax_gradient.wgsl" with { type: "text" };
import terms from "./terms.wgsl" with { type: "text" };

export const gradientOp = rowwise<Tensors<"y" | "dy">>({
  name: "softmax_gradient",
  source: gradientSource,
  reads: { y: "E", dy: "E" },
  writes: { dx: "E" },
  flops: 4,
  infer({ y: { shape }, dy }) {
    requireShapes("softmax_gradient", { dy: [dy, shape] });
    return [{ shape, dtype: "f32" }];
  },
});

export const op = rowwise<Tensors<"x">>({
  name: "softmax",
  source: notANumber + terms + source,
  reads: { x: "E" },
  flops: 5,
  gradient: (r, { y, dy }) => ({ x: r.apply(gradientOp, { y, dy }, {})[0] }),
});

/** Softmax over the last axis. */
export function softmax(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
