import type { Packed, Recorder, Tensor } from "../../engine/mod.ts";
import { matmul } from "../matmul/matmul.ts";
import { mean } from "../mean/mean.ts";
import { unfold } from "../unfold/unfold.ts";

/** Settings of the convolution over time. */
export interface Conv1dAttrs {
  /** Of each sum. */
  readonly activation?: "none" | "gelu";
  /** The mean over time instead of every step: `[B, N]`. */
  readonly meanOverTime?: boolean;
}

/**
 * Convolution over time, kernel 3, stride 1, zeros before and after each clip:
 * `y_t = W₀ x_{t-1} + W₁ x_t + W₂ x_{t+1} + bias`, with the activation fused, and the mean over time
 * if asked for. `x` is `[B, T, D]`, `w` `[3 D, N]` by `conv1dWeight()`, `bias` `[N]`. A matmul over
 * unfolded steps: on its own the mean costs 3 % of it.
 */
export function conv1d(
  recorder: Recorder,
  x: Tensor,
  w: Tensor | Packed,
  bias: Tensor,
  { activation = "none", meanOverTime = false }: Conv1dAttrs = {},
): Tensor {
  const y = matmul(recorder, unfold(recorder, x), w, { bias, activation });
  return meanOverTime ? mean(recorder, y, 1) : y;
}

/** The weight of PyTorch's Conv1d, `[N, D, 3]`, as the matrix `[3 D, N]` that `conv1d()` wants. */
export function conv1dWeight(
  weight: Float32Array,
  [n, d]: readonly [number, number],
): Float32Array<ArrayBuffer> {
  if (weight.length !== 3 * n * d) {
    throw new TypeError(
      `Cannot arrange a Conv1d weight: got ${weight.length} numbers: wanted [${n}, ${d}, 3]`,
    );
  }
  const matrix = new Float32Array(weight.length);
  for (let tap = 0; tap < 3; tap++) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < n; j++) {
        matrix[(tap * d + i) * n + j] = weight[(j * d + i) * 3 + tap] as number;
      }
    }
  }
  return matrix;
}
