import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { conv2d, matmul, padChannels, scatterWindows } from "../../kernels/mod.ts";

/**
 * A convolution of stride 1 that keeps the picture's size, by a weight `[k, k, Ci, Co]`; of single pixels by
 * one `[Ci, Co]`. Channels that x lacks are zeros.
 */
export function convolve(r: Recorder, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  if (weight.shape.length === 2) return matmul(r, x, weight, bias ? { bias } : {});
  const inputs = sizeAt(weight.shape, 2), outputs = sizeAt(weight.shape, 3);
  return conv2d(
    r,
    sizeAt(x.shape, 3) === inputs ? x : paddedOf(r, x, inputs),
    weight,
    bias ?? r.constant("no bias", [outputs], "f32", new Float32Array(outputs)),
  );
}

/** Pictures with a fourth channel, by their tensor: up to five encoders look at one picture, and share it. */
const padded = new WeakMap<Tensor, Tensor>();

function paddedOf(r: Recorder, x: Tensor, channels: number): Tensor {
  const known = padded.get(x) ?? padChannels(r, x, channels);
  padded.set(x, known);
  return known;
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
