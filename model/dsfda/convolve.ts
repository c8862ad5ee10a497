import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { gatherWindows, matmul, scatterWindows } from "../../kernels/mod.ts";

/** A convolution of stride 1 that keeps the picture's size, by a weight `[k k Ci, Co]`. */
export function convolve(r: Recorder, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const side = Math.sqrt(sizeAt(weight.shape, 0) / sizeAt(x.shape, 3));
  const windows = side === 1
    ? x
    : gatherWindows(r, x, { window: [side, side], stride: 1, padding: "same" });
  return matmul(r, windows, weight, bias ? { bias } : {});
}

/**
 * A transposed convolution, padding 1, by a weight `[Ci, k k Co]`: of stride 2 with windows of 4, which
 * doubles the picture's sides, or of stride 1 with windows of 3, which keeps them.
 */
export function convolveTransposed(r: Recorder, x: Tensor, weight: Tensor, side: 3 | 4): Tensor {
  const [images = 0, height = 0, width = 0] = x.shape, stride = side - 2;
  const channels = sizeAt(weight.shape, 1) / side ** 2;
  return scatterWindows(r, matmul(r, x, weight), {
    window: [side, side],
    stride,
    padding: { top: 1, left: 1, bottom: 1, right: 1 },
    shape: [images, height * stride, width * stride, channels],
  });
}
