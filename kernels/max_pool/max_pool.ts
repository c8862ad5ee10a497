import {
  elements,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import {
  describeWindow,
  type WindowAttrs,
  windowParams,
  type WindowSizes,
  windowSizes,
} from "../conv2d/window.ts";
import windowSource from "../conv2d/window.wgsl" with { type: "text" };
import { grid } from "../grid.ts";
import source from "./max_pool.wgsl" with { type: "text" };

/** Operand of max pooling. */
export interface MaxPoolInputs {
  /** `[B, H, W, C]` */
  readonly x: Tensor;
}

/** Settings of max pooling. */
export interface MaxPoolAttrs extends WindowAttrs {
  /** Pixels along each side of the window. */
  readonly window: number;
}

export const shader: Shader = {
  name: "max_pool.wgsl",
  source: windowSource + source,
  flags: { VEC4: [true, false], ELEMENT: ["vec4f", "f32"] },
  excludes: ({ VEC4, ELEMENT }) => VEC4 !== (ELEMENT === "vec4f"),
};

export const op: Op<MaxPoolInputs, MaxPoolAttrs> = {
  name: "max_pool",

  infer(inputs, attrs) {
    const { images, outHeight, outWidth, channels } = sizes(inputs, attrs);
    return [{ shape: [images, outHeight, outWidth, channels], dtype: "f32" }];
  },

  describe({ x }, { window, ...attrs }) {
    const [images, height, width, channels] = x.shape;
    return `B=${images},H=${height},W=${width},C=${channels},k=${window},${describeWindow(attrs)}`;
  },

  lower({ inputs, outputs: [y], attrs, adapter, dispatch }) {
    const { x } = inputs, { window, stride } = attrs;
    const channels = sizeAt(x.shape, 3), vec4 = channels % 4 === 0;
    const invocations = choose(adapter).flatInvocations;
    const params = windowParams(sizes(inputs, attrs), [window, window], stride, channels);
    dispatch({
      shader,
      flags: { VEC4: vec4, ELEMENT: vec4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params,
      bindings: { x, y },
      workgroups: grid(Math.ceil(params.count / invocations)),
    });
  },

  cost(inputs, attrs) {
    const { images, outHeight, outWidth, channels } = sizes(inputs, attrs);
    const count = images * outHeight * outWidth * channels;
    return {
      flops: count * attrs.window ** 2,
      bytes: 4 * (elements(inputs.x.shape) + count),
    };
  },
};

function sizes({ x }: MaxPoolInputs, attrs: MaxPoolAttrs): WindowSizes {
  return windowSizes("max_pool", x.shape, [attrs.window, attrs.window], attrs);
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
