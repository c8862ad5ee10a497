import { elements, formatShape, type Shape, sizeAt, type Tensor } from "../../engine/mod.ts";
import functions from "../activation/activation_functions.wgsl" with { type: "text" };
import type { LaunchedOp } from "../launch.ts";
import { perElement } from "../per_element.ts";
import { requireShapes } from "../shapes.ts";
import weights from "./weights.wgsl" with { type: "text" };
import { blocksOf, describeWindow, type WindowAttrs, windowParams, windowSizes } from "./window.ts";
import window from "./window.wgsl" with { type: "text" };

/** Operands of a convolution. */
export interface ConvolutionInputs {
  /** `[B, H, W, Ci]` */
  readonly x: Tensor;
  /** `[kh, kw, Ci, Co]`, or `[kh, kw, C]` where each channel is by itself. */
  readonly weight: Tensor;
  /** `[Co]` */
  readonly bias: Tensor;
}

/** Settings of a convolution. */
export interface ConvolutionAttrs extends WindowAttrs {
  /** Of each sum. */
  readonly activation: "none" | "relu";
}

/** What tells convolutions apart. */
interface Convolution {
  readonly name: string;
  /** `compute()`, behind what convolutions share. */
  readonly source: string;
  /** Whether each channel is by itself. */
  readonly depthwise: boolean;
}

/** A convolution of images, channels last, with zeros around them. */
export function convolution(
  { name, source, depthwise }: Convolution,
): LaunchedOp<ConvolutionInputs, ConvolutionAttrs> {
  const letters = depthwise ? ["C", "[kh, kw, C]"] : ["Ci", "[kh, kw, Ci, Co]"];
  const windowOf = ({ shape }: Tensor) => [sizeAt(shape, 0), sizeAt(shape, 1)] as const;
  const sizes = ({ x, weight }: ConvolutionInputs, attrs: ConvolutionAttrs) =>
    windowSizes(name, x.shape, windowOf(weight), attrs);
  const resultOf = (inputs: ConvolutionInputs, attrs: ConvolutionAttrs): Shape => {
    const { images, outHeight, outWidth } = sizes(inputs, attrs);
    return [images, outHeight, outWidth, sizeAt(inputs.weight.shape, -1)];
  };
  const inFours = ({ weight }: ConvolutionInputs) => sizeAt(weight.shape, 2) % 4 === 0;
  return perElement<ConvolutionInputs, ConvolutionAttrs>({
    name,
    source: functions + window + weights + source,
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
      const [images, height, width] = x.shape;
      const [rows, columns, channels, outChannels] = weight.shape;
      const side = rows === columns ? rows : `${rows}x${columns}`;
      return `B=${images},H=${height},W=${width},${letters[0]}=${channels},` +
        `${depthwise ? "" : `Co=${outChannels},`}k=${side},` +
        `${describeWindow(attrs)}${activation === "none" ? "" : `,${activation}`}`;
    },
    count: (_, __, y) => blocksOf(y),
    params: (inputs, attrs) =>
      windowParams(
        sizes(inputs, attrs),
        windowOf(inputs.weight),
        attrs.stride,
        sizeAt(inputs.weight.shape, -1),
      ),
    flops(inputs, attrs) {
      const pixels = elements(resultOf(inputs, attrs)) / sizeAt(inputs.weight.shape, -1);
      return 2 * pixels * elements(inputs.weight.shape) / elements(inputs.x.shape);
    },
  });
}
