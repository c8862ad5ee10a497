import type { Recorder, Tensor } from "../../engine/mod.ts";
import { l2NormalizeGradient } from "../l2_normalize_gradient/l2_normalize_gradient.ts";
import { rowwise } from "../rowwise.ts";
import source from "./l2_normalize.wgsl" with { type: "text" };
import length from "./length.wgsl" with { type: "text" };

/** Operand of the L2 normalisation. */
export interface L2NormalizeInputs {
  /** `[..., D]` */
  readonly x: Tensor;
}

export const op = rowwise<L2NormalizeInputs>({
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
