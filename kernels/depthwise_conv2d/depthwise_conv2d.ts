import {
  elements,
  formatShape,
  type Recorder,
  sameShape,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import activationFunctions from "../activation/activation_functions.wgsl" with { type: "text" };
import weightsSource from "../conv2d/weights.wgsl" with { type: "text" };
import {
  blocksOf,
  describeWindow,
  type WindowAttrs,
  windowParams,
  type WindowSizes,
  windowSizes,
} from "../conv2d/window.ts";
import pixelsSource from "../conv2d/pixels.wgsl" with { type: "text" };
import windowSource from "../conv2d/window.wgsl" with { type: "text" };
import { perElement } from "../per_element.ts";
import source from "./depthwise_conv2d.wgsl" with { type: "text" };

/** Operands of a depthwise convolution. */
export interface DepthwiseConv2dInputs {
  /** `[B, H, W, C]` */
  readonly x: Tensor;
  /** `[kh, kw, C]` */
  readonly weight: Tensor;
  /** `[C]` */
  readonly bias: Tensor;
}

/** Settings of a depthwise convolution. */
export interface DepthwiseConv2dAttrs extends WindowAttrs {
  /** Of each sum. */
  readonly activation: "none" | "relu";
}

export const op = perElement<DepthwiseConv2dInputs, DepthwiseConv2dAttrs>({
  name: "depthwise_conv2d",
  source: activationFunctions + windowSource + weightsSource + pixelsSource + source,
  reads: { x: "E", weight: "E", bias: "E" },
  vec4: ({ weight }) => sizeAt(weight.shape, 2) % 4 === 0,
  texels: true,
  flags: { ACTIVATION: ["none", "relu"] },
  flagsFor: (_, { activation }) => ({ ACTIVATION: activation }),
  infer(inputs, attrs) {
    const { x, weight, bias } = inputs;
    if (
      weight.shape.length !== 3 || x.shape.length !== 4 ||
      sizeAt(weight.shape, 2) !== sizeAt(x.shape, 3)
    ) {
      throw new TypeError(
        `Cannot record depthwise_conv2d: x must be [B, H, W, C] and weight [kh, kw, C]: ` +
          `got x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}`,
      );
    }
    const { images, channels, outHeight, outWidth } = sizes(inputs, attrs);
    if (!sameShape(bias.shape, [channels])) {
      throw new TypeError(
        `Cannot record depthwise_conv2d: bias must be [${channels}]: ` +
          `got ${formatShape(bias.shape)}`,
      );
    }
    return [{ shape: [images, outHeight, outWidth, channels], dtype: "f32" }];
  },
  describe({ x, weight }, { activation, ...attrs }) {
    const [images, height, width, channels] = x.shape;
    const [rows, columns] = weight.shape;
    const window = rows === columns ? rows : `${rows}x${columns}`;
    return `B=${images},H=${height},W=${width},C=${channels},k=${window},` +
      `${describeWindow(attrs)}${activation === "none" ? "" : `,${activation}`}`;
  },
  count: (_, __, y) => blocksOf(y),
  params: (inputs, attrs) =>
    windowParams(sizes(inputs, attrs), windowOf(inputs.weight.shape), attrs.stride),
  cost(inputs, attrs) {
    const { x, weight, bias } = inputs;
    const { images, outHeight, outWidth } = sizes(inputs, attrs);
    const pixels = images * outHeight * outWidth, channels = elements(bias.shape);
    return {
      flops: 2 * pixels * elements(weight.shape),
      bytes: 4 * (elements(x.shape) + elements(weight.shape) + (pixels + 1) * channels),
    };
  },
});

function windowOf(weight: Shape): readonly [number, number] {
  return [sizeAt(weight, 0), sizeAt(weight, 1)];
}

function sizes({ x, weight }: DepthwiseConv2dInputs, attrs: DepthwiseConv2dAttrs): WindowSizes {
  return windowSizes("depthwise_conv2d", x.shape, windowOf(weight.shape), attrs);
}

/** Convolution of each channel by itself, channels last, with zeros around the images. */
export function depthwiseConv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<DepthwiseConv2dAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, weight, bias }, { stride, padding, activation })[0];
}
