import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import pixelsSource from "../conv2d/pixels.wgsl" with { type: "text" };
import {
  blocksOf,
  describeWindow,
  type WindowAttrs,
  windowParams,
  windowSizes,
} from "../conv2d/window.ts";
import windowSource from "../conv2d/window.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import { describeAxes, type Tensors } from "../shapes.ts";
import source from "./max_pool.wgsl" with { type: "text" };

/** Settings of max pooling. */
export interface MaxPoolAttrs extends WindowAttrs {
  /** Pixels along each side of the window. */
  readonly window: number;
}

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
