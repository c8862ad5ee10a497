import type { Recorder, Tensor } from "../../engine/mod.ts";
import { l2NormalizeGradient } from "../l2_normalize_gradient/l2_normalize_gradient.ts";
import { rowwise } from "../rowwise.ts";
import type { OneOperand } from "../shapes.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };
import length from "./length.wgsl" with { type: "text" };

export const op = rowwise<OneOperand>({
  name: "l2_normalize",
  source: length + source,
  reads: { x: "E" },
  flops: 4,
  gradient: (r, { inputs: { x }, dy }) => ({ x: l2NormalizeGradient(r, x, dy) }),
});

/** Scales each row, over the last axis, to length 1; a row of zeros stays zeros. */
export function l2Normalize(recorder: Recorder, x: Tensor): Tensor {
  return recorder.apply(op, { x }, {})[0];
}
