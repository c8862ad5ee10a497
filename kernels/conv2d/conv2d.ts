import type { Recorder, Tensor } from "../../engine/mod.ts";
import source from "./conv2d.wgsl" with { type: "text" };
import { convolution, type ConvolutionAttrs } from "./convolution.ts";

export const op = convolution({ name: "conv2d", source, depthwise: false });

/** Convolution of images, channels last, with zeros around them. */
export function conv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<ConvolutionAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, weight, bias }, { stride, padding, activation })[0];
}
