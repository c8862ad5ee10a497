import { elements, type Recorder, type Tensor } from "../../engine/mod.ts";
import { add } from "../add/add.ts";
import { channelNorm } from "../instance_norm/channel_norm.ts";
import { mean } from "../mean/mean.ts";
import { multiply } from "../multiply/multiply.ts";
import { scale } from "../scale/scale.ts";
import { requireAxes } from "../shapes.ts";

/** Settings of batch norm. */
export interface BatchNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

// A batch of sequences is summed as one picture is: `[B, T]` are its rows and columns.
export const { op, gradientOp } = channelNorm(
  "batch_norm",
  "B T C",
  ([height = 0, width = 0]) => ({ count: 1, height, width }),
);

/**
 * Each channel of `[B, T, C]` with its mean and variance over all steps of the batch taken out: batch norm
 * as it is in training. Scale and shift by channel are `multiply()` and `add()`, and so is batch norm with
 * running statistics.
 */
export function batchNorm(
  recorder: Recorder,
  x: Tensor,
  { eps = 1e-5 }: Partial<BatchNormAttrs> = {},
): Tensor {
  return recorder.apply(op, { x }, { eps })[0];
}

/** What batch norm keeps a running mean of: each channel's mean, and its variance, divided by `B T - 1`. */
export function batchStatistics(
  recorder: Recorder,
  x: Tensor,
): { readonly mean: Tensor; readonly variance: Tensor } {
  const [, , channels = 1] = requireAxes("batch_statistics", { x }, "[B, T, C]");
  const steps = elements(x.shape) / channels;
  if (steps < 2) {
    throw new RangeError("Cannot record batch_statistics: wanted two steps at least: got 1");
  }
  const over = (y: Tensor) => mean(recorder, mean(recorder, y, 1), 0);
  const middle = over(x), centred = add(recorder, x, scale(recorder, middle, -1));
  const variance = over(multiply(recorder, centred, centred));
  return { mean: middle, variance: scale(recorder, variance, steps / (steps - 1)) };
}
