// Gathering and scattering are each other's gradient, and so in one file.
import { formatShape, type Recorder, type Shape, sizeAt, type Tensor } from "../../engine/mod.ts";
import { describeWindow, type WindowAttrs, windowParams, windowSizes } from "../conv2d/window.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireAxes, type Tensors } from "../shapes.ts";
import source from "./gather_windows.wgsl" with { type: "text" };
import scatterSource from "./scatter_windows.wgsl" with { type: "text" };

/** Settings of gathering windows. */
export interface GatherWindowsAttrs extends WindowAttrs {
  /** Rows and columns of a window. */
  readonly window: readonly [number, number];
}

/** Settings of scattering windows. */
export interface ScatterWindowsAttrs extends GatherWindowsAttrs {
  /** The images that the windows lie on, `[B, H, W, C]`. */
  readonly shape: Shape;
}

const paramsOf = (shape: Shape, name: string, attrs: GatherWindowsAttrs, per: number) => {
  const { pixels: _, out_channels: __, ...params } = windowParams(
    windowSizes(name, { shape }, attrs.window, attrs),
    attrs.window,
    attrs.stride,
  );
  return { ...params, channels: params.channels / per };
};

const describe = (shape: Shape, { window, ...attrs }: GatherWindowsAttrs) =>
  `${describeAxes("B H W C", { shape })},k=${window.join("x")},${describeWindow(attrs)}`;

export const op = perElement<Tensors<"x">, GatherWindowsAttrs>({
  name: "gather_windows",
  source,
  reads: { x: "E" },
  vec4: ({ x }) => sizeAt(x.shape, -1) % 4 === 0,
  infer({ x }, attrs) {
    const sizes = windowSizes("gather_windows", x, attrs.window, attrs);
    const { images, outHeight, outWidth, channels } = sizes;
    const [rows, columns] = attrs.window;
    return [{ shape: [images, outHeight, outWidth, rows * columns * channels], dtype: "f32" }];
  },
  describe: ({ x }, attrs) => describe(x.shape, attrs),
  params: ({ x }, attrs, per) => paramsOf(x.shape, "gather_windows", attrs, per),
  gradient: (r, { inputs: { x }, dy, attrs }) => ({
    x: scatterWindows(r, dy, { ...attrs, shape: x.shape }),
  }),
});

export const scatterOp = perElement<Tensors<"x">, ScatterWindowsAttrs>({
  name: "scatter_windows",
  source: scatterSource,
  reads: { x: "E" },
  vec4: (_, { shape }) => sizeAt(shape, -1) % 4 === 0,
  texels: (_, { shape }) => sizeAt(shape, -1) % 4 === 0,
  infer({ x }, { shape, ...attrs }) {
    const sizes = windowSizes("scatter_windows", { shape }, attrs.window, attrs);
    const { images, outHeight, outWidth, channels } = sizes, [rows, columns] = attrs.window;
    const wanted = [images, outHeight, outWidth, rows * columns * channels];
    const got = requireAxes("scatter_windows", { x }, "[B, h, w, D]");
    if (wanted.some((size, axis) => size !== got[axis])) {
      throw new TypeError(
        `Cannot record scatter_windows: the windows of ${formatShape(shape)} are ` +
          `${formatShape(wanted)}: got x ${formatShape(got)}`,
      );
    }
    return [{ shape, dtype: "f32" }];
  },
  describe: (_, { shape, ...attrs }) => describe(shape, attrs),
  params: (_, { shape, ...attrs }, per) => paramsOf(shape, "scatter_windows", attrs, per),
  flops: (_, { window: [rows, columns], stride }) => rows * columns / stride ** 2,
  gradient: (r, { dy, attrs: { shape: _, ...attrs } }) => ({ x: gatherWindows(r, dy, attrs) }),
});

/**
 * The windows of images `[B, H, W, C]` side by side, `[B, h, w, kh kw C]`: a product of these with a
 * weight `[kh kw C, N]` is a convolution that has gradients by images and weight.
 */
export function gatherWindows(recorder: Recorder, x: Tensor, attrs: GatherWindowsAttrs): Tensor {
  return recorder.apply(op, { x }, attrs)[0];
}

/** Windows `[B, h, w, kh kw C]` added up to images `[B, H, W, C]`: what a transposed convolution ends with. */
export function scatterWindows(recorder: Recorder, x: Tensor, attrs: ScatterWindowsAttrs): Tensor {
  return recorder.apply(scatterOp, { x }, attrs)[0];
}
