import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { add } from "../add/add.ts";
import { l2Normalize } from "../l2_normalize/l2_normalize.ts";
import { matmul } from "../matmul/matmul.ts";
import { multiply } from "../multiply/multiply.ts";
import { unfold } from "../unfold/unfold.ts";

/** Operands of a causal convolution. */
export interface CausalConv1dInputs {
  /** `[B, T, D]` */
  readonly x: Tensor;
  /** `[N, taps D]`, the taps outermost. */
  readonly v: Tensor;
  /** `[N]`: the length of each row of the weight. */
  readonly g: Tensor;
  /** `[N]` */
  readonly bias: Tensor;
}

/** Settings of a causal convolution. */
export interface CausalConv1dAttrs {
  /** Steps from one tap to the next. */
  readonly dilation: number;
}

/**
 * Convolution over time that sees only the past, with zeros before each clip and weight norm:
 * `y_t = bias + g ⊙ Σ_j V_j x_{t - (taps - 1 - j) dilation} / ‖V‖`, a norm for each output channel.
 *
 * `x` is `[B, T, D]`, `v` `[N, taps D]` with the taps outermost, `g` and `bias` `[N]`. The rows of `v` are
 * brought to length 1 and the products multiplied by `g`, which is the same as multiplying the weight.
 */
export function causalConv1d(
  recorder: Recorder,
  { x, v, g, bias }: CausalConv1dInputs,
  { dilation }: CausalConv1dAttrs,
): Tensor {
  const taps = sizeAt(v.shape, 1) / sizeAt(x.shape, -1);
  if (v.shape.length !== 2 || !Number.isInteger(taps)) {
    throw new TypeError(
      `Cannot record causal_conv1d: v must be [N, taps D]: got x ${formatShape(x.shape)} and ` +
        `v ${formatShape(v.shape)}`,
    );
  }
  const past = unfold(recorder, x, { taps, dilation, before: (taps - 1) * dilation });
  const y = matmul(recorder, past, l2Normalize(recorder, v), { transposed: true });
  return add(recorder, multiply(recorder, y, g), bias);
}
