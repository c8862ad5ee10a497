import type { Recorder, Tensor } from "../../engine/mod.ts";
import { channelNorm } from "./channel_norm.ts";

/** Settings of instance norm. */
export interface InstanceNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

export const { op, gradientOp } = channelNorm(
  "instance_norm",
  "B H W C",
  ([count = 0, height = 0, width = 0]) => ({ count, height, width }),
);

/**
 * Each channel of each picture `[B, H, W, C]` with its own mean and variance (divided by `H W`) taken
 * out. Scale and shift by channel are `multiply()` and `add()`.
 */
export function instanceNorm(
  recorder: Recorder,
  x: Tensor,
  { eps = 1e-5 }: Partial<InstanceNormAttrs> = {},
): Tensor {
  return recorder.apply(op, { x }, { eps })[0];
}
