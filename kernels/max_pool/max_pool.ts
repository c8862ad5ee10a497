import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import pixelsSource from "../conv2d/pixels.wgsl" with { type: "text" };
import {
  blocksOf,
  describeWindow,
  type Pads,
  type WindowAttrs,
  windowParams,
  windowSizes,
} from "../conv2d/window.ts";
import windowSource from "../conv2d/window.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import { describeAxes, requireShapes, type Tensors } from "../shapes.ts";
import source from "./max_pool.wgsl" with { type: "text" };
import gradientSource from "./max_pool_gradient.wgsl" with { type: "text" };

/** Settings of max pooling. */
export interface MaxPoolAttrs extends WindowAttrs {
  /** Pixels along each side of the window. */
  readonly window: number;
}

export const gradientOp = perElement<Tensors<"x" | "dy">, MaxPoolAttrs>({
  name: "max_pool_gradient",
  source: gradientSource,
  reads: { x: "E", dy: "E" },
  vec4: ({ x }) => sizeAt(x.shape, 3) % 4 === 0,
  texels: ({ x }) => sizeAt(x.shape, 3) % 4 === 0,
  infer({ x, dy }, attrs) {
    const { images, outHeight, outWidth, channels } = sizes({ x }, attrs);
    requireShapes("max_pool_gradient", { dy: [dy, [images, outHeight, outWidth, channels]] });
    return [{ shape: x.shape, dtype: "f32" }];
  },
  describe: ({ x }, { window, ...attrs }) =>
    `${describeAxes("B H W C", x)},k=${window},${describeWindow(attrs)}`,
  params({ x }, attrs, per) {
    const { height, width, channels, outHeight, outWidth, top, left } = sizes({ x }, attrs);
    const { window, stride } = attrs;
    return {
      channels: channels / per,
      height,
      width,
      out_height: outHeight,
      out_width: outWidth,
      window,
      stride,
      top,
      left,
    };
  },
  flops: (_, { window, stride }) => 2 * window ** 4 / stride ** 2,
});

export const op = perElement<Tensors<"x">, MaxPoolAttrs>({
  name: "max_pool",
  source: windowSource + pixelsSource + source,
  reads: { x: "E" },
  vec4: ({ x }) => sizeAt(x.shape, 3) % 4 === 0,
  infer(inputs, attrs) {
    const { images, outHeight, outWidth, channels } = sizes(inputs, attrs);
    return [{ shape: [images, outHeight, outWidth, channels], dtype: "f32" }];
  },
  describe: ({ x }, { window, ...attrs }) =>
    `${describeAxes("B H W C", x)},k=${window},${describeWindow(attrs)}`,
  count: (_, __, y) => blocksOf(y),
  params: (inputs, attrs) =>
    windowParams(sizes(inputs, attrs), [attrs.window, attrs.window], attrs.stride),
  flops({ x }, attrs) {
    const { height, width, outHeight, outWidth } = sizes({ x }, attrs);
    return outHeight * outWidth * attrs.window ** 2 / (height * width);
  },
  gradient: (r, { inputs: { x }, dy, attrs }) => ({ x: r.apply(gradientOp, { x, dy }, attrs)[0] }),
});

function sizes({ x }: Tensors<"x">, attrs: MaxPoolAttrs) {
  return windowSizes("max_pool", x, [attrs.window, attrs.window], attrs);
}

/** The largest number of each window, channel by channel; padding never wins, NaN always does. */
export function maxPool(
  recorder: Recorder,
  x: Tensor,
  { window, stride = window, padding = "same" }:
    & Pick<MaxPoolAttrs, "window">
    & Partial<MaxPoolAttrs>,
): Tensor {
  return recorder.apply(op, { x }, { window, stride, padding })[0];
}

/**
 * The padding by which the last window hangs over the edge, where windows do not come out even: what
 * PyTorch calls ceil mode.
 */
export function ceilPads(x: Tensor, window: number, stride: number): Pads {
  const over = (size: number) =>
    Math.max(0, Math.ceil((size - window) / stride) * stride + window - size);
  return { top: 0, left: 0, bottom: over(sizeAt(x.shape, 1)), right: over(sizeAt(x.shape, 2)) };
}
