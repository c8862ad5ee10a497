import { elements, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { add } from "../add/add.ts";
import source from "../instance_norm/instance_norm.wgsl" with { type: "text" };
import gradientSource from "../instance_norm/instance_norm_gradient.wgsl" with { type: "text" };
import sums from "../instance_norm/sums.wgsl" with { type: "text" };
import { mean } from "../mean/mean.ts";
import { multiply } from "../multiply/multiply.ts";
import { perElement } from "../per_element.ts";
import { scale } from "../scale/scale.ts";
import { describeAxes, requireAxes, requireShapes, type Tensors } from "../shapes.ts";

/** Settings of batch norm. */
export interface BatchNormAttrs {
  /** Added to the variance. */
  readonly eps: number;
}

/** A batch of sequences is summed as instance norm sums one picture: `[B, T]` are its rows and columns. */
const shared = {
  vec4: ({ x }: Tensors<"x">) => sizeAt(x.shape, 2) % 4 === 0,
  count: ({ x: { shape } }: Tensors<"x">) => {
    const channels = sizeAt(shape, 2);
    return channels % 4 === 0 ? channels / 4 : channels;
  },
  describe: ({ x }: Tensors<"x">) => describeAxes("B T C", x),
  params: ({ x: { shape } }: Tensors<"x">, { eps }: BatchNormAttrs, per: number) => ({
    channels: sizeAt(shape, 2) / per,
    height: sizeAt(shape, 0),
    width: sizeAt(shape, 1),
    eps,
  }),
};

export const gradientOp = perElement<Tensors<"x" | "dy">, BatchNormAttrs>({
  name: "batch_norm_gradient",
  source: sums + gradientSource,
  reads: { x: "E", dy: "E" },
  ...shared,
  flops: 16,
  infer({ x, dy }) {
    requireAxes("batch_norm_gradient", { x }, "[B, T, C]");
    requireShapes("batch_norm_gradient", { dy: [dy, x.shape] });
    return [{ shape: x.shape, dtype: "f32" }];
  },
});

export const op = perElement<Tensors<"x">, BatchNormAttrs>({
  name: "batch_norm",
  source: sums + source,
  reads: { x: "E" },
  ...shared,
  flops: 6,
  infer({ x }) {
    requireAxes("batch_norm", { x }, "[B, T, C]");
    return [{ shape: x.shape, dtype: "f32" }];
  },
  gradient: (r, { inputs: { x }, dy, attrs }) => ({ x: r.apply(gradientOp, { x, dy }, attrs)[0] }),
});

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
