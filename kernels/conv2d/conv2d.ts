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
import { perElement } from "../per_element.ts";
import source from "./conv2d.wgsl" with { type: "text" };
import weightsSource from "./weights.wgsl" with { type: "text" };
import {
  blocksOf,
  describeWindow,
  type WindowAttrs,
  windowParams,
  type WindowSizes,
  windowSizes,
} from "./window.ts";
import windowSource from "./window.wgsl" with { type: "text" };

/** Operands of a convolution. */
export interface Conv2dInputs {
  /** `[B, H, W, Ci]` */
  readonly x: Tensor;
  /** `[kh, kw, Ci, Co]` */
  readonly weight: Tensor;
  /** `[Co]` */
  readonly bias: Tensor;
}

/** Settings of a convolution. */
export interface Conv2dAttrs extends WindowAttrs {
  /** Of each sum. */
  readonly activation: "none" | "relu";
}

export const op = perElement<Conv2dInputs, Conv2dAttrs>({
  name: "conv2d",
  source: activationFunctions + windowSource + weightsSource + source,
  reads: { x: "X", weight: "E", bias: "E" },
  vec4: ({ weight }) => sizeAt(weight.shape, 3) % 4 === 0,
  texels: ({ weight }) => sizeAt(weight.shape, 2) % 4 === 0,
  flags: { X_VEC4: [true, false], ACTIVATION: ["none", "relu"] },
  flagsFor: ({ weight }, { activation }) => ({
    X_VEC4: sizeAt(weight.shape, 2) % 4 === 0,
    ACTIVATION: activation,
  }),
  infer(inputs, attrs) {
    const { x, weight, bias } = inputs;
    if (
      weight.shape.length !== 4 || x.shape.length !== 4 ||
      sizeAt(weight.shape, 2) !== sizeAt(x.shape, 3)
    ) {
      throw new TypeError(
        `Cannot record conv2d: x must be [B, H, W, Ci] and weight [kh, kw, Ci, Co]: ` +
          `got x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}`,
      );
    }
    const outChannels = sizeAt(weight.shape, 3);
    if (!sameShape(bias.shape, [outChannels])) {
      throw new TypeError(
        `Cannot record conv2d: bias must be [${outChannels}]: got ${formatShape(bias.shape)}`,
      );
    }
    const { images, outHeight, outWidth } = sizes(inputs, attrs);
    return [{ shape: [images, outHeight, outWidth, outChannels], dtype: "f32" }];
  },
  describe({ x, weight }, { activation, ...attrs }) {
    const [images, height, width] = x.shape;
    const [rows, columns, channels, outChannels] = weight.shape;
    const window = rows === columns ? rows : `${rows}x${columns}`;
    return `B=${images},H=${height},W=${width},Ci=${channels},Co=${outChannels},k=${window},` +
      `${describeWindow(attrs)}${activation === "none" ? "" : `,${activation}`}`;
  },
  count: (_, __, y) => blocksOf(y),
  params: (inputs, attrs) =>
    windowParams(
      sizes(inputs, attrs),
      windowOf(inputs.weight.shape),
      attrs.stride,
      sizeAt(inputs.weight.shape, 3),
    ),
  cost(inputs, attrs) {
    const { x, weight, bias } = inputs;
    const { images, outHeight, outWidth } = sizes(inputs, attrs);
    const pixels = images * outHeight * outWidth, outChannels = elements(bias.shape);
    return {
      flops: 2 * pixels * elements(weight.shape),
      bytes: 4 * (elements(x.shape) + elements(weight.shape) + (pixels + 1) * outChannels),
    };
  },
});

function windowOf(weight: Shape): readonly [number, number] {
  return [sizeAt(weight, 0), sizeAt(weight, 1)];
}

function sizes({ x, weight }: Conv2dInputs, attrs: Conv2dAttrs): WindowSizes {
  return windowSizes("conv2d", x.shape, windowOf(weight.shape), attrs);
}

/** Convolution of images, channels last, with zeros around them. */
export function conv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<Conv2dAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, weight, bias }, { stride, padding, activation })[0];
}
