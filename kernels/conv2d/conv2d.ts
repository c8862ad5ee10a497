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
import { grid } from "../grid.ts";
import source from "./conv2d.wgsl" with { type: "text" };
import weightsSource from "./weights.wgsl" with { type: "text" };
import {
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

export const shader: Shader = {
  name: "conv2d.wgsl",
  source: activationFunctions + windowSource + weightsSource + source,
  flags: {
    VEC4: [true, false],
    ELEMENT: ["vec4f", "f32"],
    X_VEC4: [true, false],
    X_ELEMENT: ["vec4f", "f32"],
    TEXELS: [false, true],
    ACTIVATION: ["none", "relu"],
  },
  excludes: ({ VEC4, ELEMENT, X_VEC4, X_ELEMENT, TEXELS }) =>
    VEC4 !== (ELEMENT === "vec4f") || X_VEC4 !== (X_ELEMENT === "vec4f") ||
    (TEXELS === true && !(VEC4 && X_VEC4)),
};

export const op: Op<Conv2dInputs, Conv2dAttrs> = {
  name: "conv2d",

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

  lower({ inputs, outputs: [y], attrs, adapter, texels, dispatch }) {
    const { x, weight, bias } = inputs;
    const outChannels = sizeAt(weight.shape, 3);
    const vec4 = outChannels % 4 === 0, xVec4 = sizeAt(weight.shape, 2) % 4 === 0;
    const { flatInvocations: invocations, readTexels } = choose(adapter);
    const asTexels = vec4 && xVec4 && readTexels;
    const load = asTexels ? texels : (tensor: Tensor) => tensor;
    const params = windowParams(
      sizes(inputs, attrs),
      windowOf(weight.shape),
      attrs.stride,
      outChannels,
    );
    dispatch({
      shader,
      flags: {
        VEC4: vec4,
        ELEMENT: vec4 ? "vec4f" : "f32",
        X_VEC4: xVec4,
        X_ELEMENT: xVec4 ? "vec4f" : "f32",
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
    const pixels = images * outHeight * outWidth, outChannels = elements(bias.shape);
    return {
      flops: 2 * pixels * elements(weight.shape),
      bytes: 4 * (elements(x.shape) + elements(weight.shape) + (pixels + 1) * outChannels),
    };
  },
};

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
