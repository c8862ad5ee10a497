import type { Recorder, Tensor } from "../../engine/mod.ts";
import length from "../l2_normalize/length.wgsl" with { type: "text" };
import { rowwise } from "../rowwise.ts";
import { type OneOperandGradient, requireShapes } from "../shapes.ts";
import source from "./l2_normalize_gradient.wgsl" with { type: "text" };

export const op = rowwise<OneOperandGradient>({
  name: "l2_normalize_gradient",
  source: length + source,
  reads: { x: "E", dy: "E" },
  flops: 9,
  infer({ x: { shape }, dy }) {
    requireShapes("l2_normalize_gradient", { dy: [dy, shape] });
    return [{ shape, dtype: "f32" }];
  },
});

/** Gradient of scaling rows to length 1 with respect to the rows. */
export function l2NormalizeGradient(recorder: Recorder, x: Tensor, dy: Tensor): Tensor {
  return recorder.apply(op, { x, dy }, {})[0];
}
