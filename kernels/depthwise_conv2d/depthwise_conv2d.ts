import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  sameShape,
  type Shader,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import activationFunctions from "../activation/activation_functions.wgsl" with { type: "text" };
import { choose } from "../choice.ts";
import weightsSource from "../conv2d/weights.wgsl" with { type: "text" };
import {
  describeWindow,
  type WindowAttrs,
  windowParams,
  type WindowSizes,
  windowSizes,
} from "../conv2d/window.ts";
import windowSource from "../conv2d/window.wgsl" with { type: "text" };
import { grid } from "../grid.ts";
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

export const shader: Shader = {
  name: "depthwise_conv2d.wgsl",
  source: activationFunctions + windowSource + weightsSource + source,
  flags: {
    VEC4: [true, false],
    ELEMENT: ["vec4f", "f32"],
    TEXELS: [false, true],
    ACTIVATION: ["none", "relu"],
  },
  excludes: ({ VEC4, ELEMENT, TEXELS }) =>
    VEC4 !== (ELEMENT === "vec4f") || (TEXELS === true && VEC4 === false),
};

export const op: Op<DepthwiseConv2dInputs, DepthwiseConv2dAttrs> = {
  name: "depthwise_conv2d",

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

  lower({ inputs, outputs: [y], attrs, adapter, texels, dispatch }) {
    const { x, weight, bias } = inputs;
    const channels = sizeAt(weight.shape, 2), vec4 = channels % 4 === 0;
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const asTexels = vec4 && readTexels;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    const params = windowParams(
      sizes(inputs, attrs),
      windowOf(weight.shape),
      attrs.stride,
      channels,
    );
    dispatch({
      shader,
      flags: {
        VEC4: vec4,
        ELEMENT: vec4 ? "vec4f" : "f32",
        TEXELS: asTexels,
        ACTIVATION: attrs.activation,
      },
      constants: { INVOCATIONS: invocations },
      params,
      bindings: { x: load(x), weight: load(weight), bias: load(bias), y },
      workgroups: grid(Math.ceil(params.count / invocations)),
    });
  },

  cost(inputs, attrs) {
    const { x, weight, bias } = inputs;
    const { images, outHeight, outWidth } = sizes(inputs, attrs);
    const pixels = images * outHeight * outWidth, channels = elements(bias.shape);
    return {
      flops: 2 * pixels * elements(weight.shape),
      bytes: 4 * (elements(x.shape) + elements(weight.shape) + (pixels + 1) * channels),
    };
  },
};

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
