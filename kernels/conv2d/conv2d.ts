import {
  elements,
  formatShape,
  type Recorder,
  type Shape,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import functions from "../activation/activation_functions.wgsl" with { type: "text" };
import { activationGradient } from "../activation_gradient/activation_gradient.ts";
import { scatterWindows } from "../gather_windows/gather_windows.ts";
import type { LaunchedOp } from "../launch.ts";
import { matmul } from "../matmul/matmul.ts";
import { perElement } from "../per_element.ts";
import { panelConvolves } from "../schedule.ts";
import { describeAxes, requireShapes, type Tensors } from "../shapes.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./conv2d.wgsl" with { type: "text" };
import depthwiseSource from "./depthwise_conv2d.wgsl" with { type: "text" };
import { lowerPanelConvolution, panelConvolutionShader } from "./panel_conv2d.ts";
import pixels from "./pixels.wgsl" with { type: "text" };
import { turnWindow } from "./turn_window.ts";
import { weightGradient } from "./weight_gradient.ts";
import weights from "./weights.wgsl" with { type: "text" };
import { blocksOf, describeWindow, type WindowAttrs, windowParams, windowSizes } from "./window.ts";
import window from "./window.wgsl" with { type: "text" };

type ConvolutionInputs = Tensors<"x" | "weight" | "bias">;

/** Settings of a convolution. */
export interface ConvolutionAttrs extends WindowAttrs {
  /** Of each sum. */
  readonly activation: "none" | "relu";
}

const windowOf = ({ shape }: Tensor) => [sizeAt(shape, 0), sizeAt(shape, 1)] as const;

const sizesOf = (name: string, { x, weight }: ConvolutionInputs, attrs: ConvolutionAttrs) =>
  windowSizes(name, x, windowOf(weight), attrs);

function paramsOf(name: string, inputs: ConvolutionInputs, attrs: ConvolutionAttrs) {
  const { weight } = inputs, outChannels = sizeAt(weight.shape, -1);
  return windowParams(sizesOf(name, inputs, attrs), windowOf(weight), attrs.stride, outChannels);
}

/** A convolution, or one of each channel by itself. */
function convolution(name: string, body: string): LaunchedOp<ConvolutionInputs, ConvolutionAttrs> {
  const depthwise = name === "depthwise_conv2d";
  const letters = depthwise ? ["C", "[kh, kw, C]"] : ["Ci", "[kh, kw, Ci, Co]"];
  const resultOf = (inputs: ConvolutionInputs, attrs: ConvolutionAttrs): Shape => {
    const { images, outHeight, outWidth } = sizesOf(name, inputs, attrs);
    return [images, outHeight, outWidth, sizeAt(inputs.weight.shape, -1)];
  };
  const inFours = ({ weight }: ConvolutionInputs) => sizeAt(weight.shape, 2) % 4 === 0;
  return perElement<ConvolutionInputs, ConvolutionAttrs>({
    name,
    source: functions + window + weights + body,
    reads: { x: depthwise ? "E" : "X", weight: "E", bias: "E" },
    vec4: ({ weight }) => sizeAt(weight.shape, -1) % 4 === 0,
    texels: inFours,
    flags: { ...(depthwise ? {} : { X_VEC4: [true, false] }), ACTIVATION: ["none", "relu"] },
    flagsFor: (inputs, { activation }) => ({
      ...(depthwise ? {} : { X_VEC4: inFours(inputs) }),
      ACTIVATION: activation,
    }),
    infer(inputs, attrs) {
      const { x, weight, bias } = inputs;
      const fits = weight.shape.length === (depthwise ? 3 : 4) && x.shape.length === 4 &&
        weight.shape[2] === x.shape[3];
      if (!fits) {
        throw new TypeError(
          `Cannot record ${name}: x must be [B, H, W, ${letters[0]}] and weight ${letters[1]}: ` +
            `got x ${formatShape(x.shape)} and weight ${formatShape(weight.shape)}`,
        );
      }
      requireShapes(name, { bias: [bias, weight.shape.slice(-1)] });
      return [{ shape: resultOf(inputs, attrs), dtype: "f32" }];
    },
    describe({ x, weight }, { activation, ...attrs }) {
      const [rows, columns, channels, outChannels] = weight.shape;
      const side = rows === columns ? rows : `${rows}x${columns}`;
      return `${describeAxes("B H W", x)},${letters[0]}=${channels},` +
        `${depthwise ? "" : `Co=${outChannels},`}k=${side},` +
        `${describeWindow(attrs)}${activation === "none" ? "" : `,${activation}`}`;
    },
    count: (_, __, y) => blocksOf(y),
    params: (inputs, attrs) => paramsOf(name, inputs, attrs),
    flops(inputs, attrs) {
      const pixels = elements(resultOf(inputs, attrs)) / sizeAt(inputs.weight.shape, -1);
      return 2 * pixels * elements(inputs.weight.shape) / elements(inputs.x.shape);
    },
  });
}

const byWindows = convolution("conv2d", source);

export const op: typeof byWindows = {
  ...byWindows,
  shaders: [...byWindows.shaders, panelConvolutionShader],
  lower(job) {
    const { inputs, outputs: [y], attrs: { activation }, adapter } = job;
    if (!panelConvolves(adapter, y.shape, sizeAt(inputs.x.shape, 3))) return byWindows.lower(job);
    lowerPanelConvolution(job, activation, paramsOf("conv2d", inputs, job.attrs));
  },
  gradient(r, { inputs: { x, weight, bias }, dy, attrs, wants }) {
    const { activation, ...window } = attrs;
    const dz = activation === "none"
      ? dy
      : activationGradient(r, conv2d(r, x, weight, bias, window), dy, activation);
    return {
      bias: wants("bias") ? sumRows(r, dz, bias.shape) : undefined,
      weight: wants("weight") ? weightGradient(r, x, dz, weight.shape, window) : undefined,
      x: wants("x") ? imageGradient(r, dz, { x, weight }, window) : undefined,
    };
  },
};
/** The gradient by the images: with stride 1 a convolution again, by the weight turned round. */
function imageGradient(
  r: Recorder,
  dz: Tensor,
  { x, weight }: Tensors<"x" | "weight">,
  attrs: WindowAttrs,
): Tensor {
  const [rows, columns] = windowOf(weight);
  if (attrs.stride > 1) {
    const windows = matmul(r, dz, weight, { transposed: true });
    return scatterWindows(r, windows, { ...attrs, window: [rows, columns], shape: x.shape });
  }
  const { top, left } = windowSizes("conv2d", x, [rows, columns], attrs);
  const pads = { top: rows - 1 - top, left: columns - 1 - left };
  const none = r.constant(
    "no bias",
    [sizeAt(x.shape, 3)],
    "f32",
    new Float32Array(sizeAt(x.shape, 3)),
  );
  return conv2d(r, dz, turnWindow(r, weight), none, {
    padding: {
      ...pads,
      bottom: sizeAt(x.shape, 1) + rows - 1 - sizeAt(dz.shape, 1) - pads.top,
      right: sizeAt(x.shape, 2) + columns - 1 - sizeAt(dz.shape, 2) - pads.left,
    },
  });
}

export const depthwiseOp = convolution("depthwise_conv2d", pixels + depthwiseSource);

/** Convolution of images `[B, H, W, Ci]`, with zeros around them, by a weight `[kh, kw, Ci, Co]`. */
export function conv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<ConvolutionAttrs> = {},
): Tensor {
  return recorder.apply(op, { x, weight, bias }, { stride, padding, activation })[0];
}

/** The same of each channel by itself, by a weight `[kh, kw, C]`. */
export function depthwiseConv2d(
  recorder: Recorder,
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride = 1, padding = "same", activation = "none" }: Partial<ConvolutionAttrs> = {},
): Tensor {
  return recorder.apply(depthwiseOp, { x, weight, bias }, { stride, padding, activation })[0];
}
