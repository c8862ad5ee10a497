import type { Recorder, Tensor } from "../../engine/mod.ts";
import { convolution, type ConvolutionAttrs } from "../conv2d/convolution.ts";
import pixels from "../conv2d/pixels.wgsl" with { type: "text" };
import source from "./depthwise_conv2d.wgsl" with { type: "text" };

export const op = convolution({
  name: "depthwise_conv2d",
  source: pixels + source,
  depthwise: true,
});

/** Convolution of each channel by itself, channels last, with zeros around the images. */
export function depthwiseConv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<ConvolutionAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, weight, bias }, { stride, padding, activation })[0];
}
