import type { Recorder, Tensor } from "../../engine/mod.ts";
import { rowwise } from "../rowwise.ts";
import { requireShapes, type Tensors } from "../shapes.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };
import gradientSource from "./l2_normalize_gradient.wgsl" with { type: "text" };
import length from "./length.wgsl" with { type: "text" };

export const gradientOp = rowwise<Tensors<"x" | "dy">>({
  name: "l2_normalize_gradient",
  source: length + gradientSource,
  reads: { x: "E", dy: "E" },
  flops: 9,
  infer({ x: { shape }, dy }) {
    requireShapes("l2_normalize_gradient", { dy: [dy, shape] });
    return [{ shape, dtype: "f32" }];
  },
});

export const op = rowwise<Tensors<"x">>({
  name: "l2_normalize",
  source: length + source,
  reads: { x: "E" },
  flops: 4,
  gradient: (r, { inputs: { x }, dy }) => ({ x: r.apply(gradientOp, { x, dy }, {})[0] }),
});

/** Scales each row, over the last axis, to length 1; a row of zeros stays zeros. */
export function l2Normalize(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
