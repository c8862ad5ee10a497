import { elements, type Recorder, type Shape, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireShapes, type Tensors } from "../shapes.ts";
import { sumRows } from "../sum_rows/sum_rows.ts";
import source from "./weight_gradient.wgsl" with { type: "text" };
import { describeWindow, type WindowAttrs, windowSizes } from "./window.ts";

/** Settings of a convolution's gradient by its weight. */
export interface WeightGradientAttrs extends WindowAttrs {
  /** Rows and columns of the window. */
  readonly window: readonly [number, number];
}

/** About so many pixels are summed by one invocation. */
const pixelsOfBlock = 512;

type Operands = Tensors<"x" | "dy">;

const name = "conv2d_weight_gradient";

/** Whether four channels of x are read at once. */
const inFours = ({ x }: Pick<Operands, "x">) => sizeAt(x.shape, -1) % 4 === 0;

function sizesOf({ x, dy }: Operands, attrs: WeightGradientAttrs) {
  const sizes = windowSizes(name, x, attrs.window, attrs);
  const lines = Math.max(1, Math.floor(pixelsOfBlock / sizes.outWidth));
  const blocks = Math.ceil(sizes.outHeight / lines);
  return { ...sizes, lines, blocks, outChannels: sizeAt(dy.shape, -1) };
}

/** The parts of the sum: one for each block of lines. */
export const weightGradientOp = perElement<Operands, WeightGradientAttrs>({
  name,
  source,
  reads: { x: "X", dy: "E" },
  writes: { parts: "E" },
  vec4: ({ dy }) => sizeAt(dy.shape, -1) % 4 === 0,
  texels: inFours,
  flags: { X_VEC4: [true, false] },
  flagsFor: (inputs) => ({ X_VEC4: inFours(inputs) }),
  infer(inputs, attrs) {
    const { images, outHeight, outWidth, channels, outChannels, blocks } = sizesOf(inputs, attrs);
    requireShapes(name, { dy: [inputs.dy, [images, outHeight, outWidth, outChannels]] });
    return [{ shape: [images * blocks, ...attrs.window, channels, outChannels], dtype: "f32" }];
  },
  describe: ({ x, dy }, { window, ...attrs }) =>
    `${describeAxes("B H W Ci", x)},Co=${sizeAt(dy.shape, -1)},k=${window.join("x")},${
      describeWindow(attrs)
    }`,
  count: (inputs, _, parts) =>
    elements(parts) / (sizeAt(parts, -1) % 4 === 0 ? 4 : 1) / (inFours(inputs) ? 4 : 1),
  params(inputs, attrs, per) {
    const { images: _, outHeight, outWidth, outChannels, ...sizes } = sizesOf(inputs, attrs);
    const channels = sizes.channels / (inFours(inputs) ? 4 : 1);
    const [rows, columns] = attrs.window;
    return {
      ...sizes,
      channels,
      groups: outChannels / per,
      out_height: outHeight,
      out_width: outWidth,
      window_width: columns,
      taps: rows * columns * channels,
      stride: attrs.stride,
    };
  },
  flops({ x, dy }, { window: [rows, columns] }) {
    return 2 * rows * columns * sizeAt(x.shape, -1) * elements(dy.shape) / elements(x.shape);
  },
});

/** The gradient of a convolution by its weight, of this shape. */
export function weightGradient(
  recorder: Recorder,
  x: Tensor,
  dy: Tensor,
  shape: Shape,
  { stride, padding }: WindowAttrs,
): Tensor {
  const window = [sizeAt(shape, 0), sizeAt(shape, 1)] as const;
  const [parts] = recorder.apply(weightGradientOp, { x, dy }, { window, stride, padding });
  return sumRows(recorder, parts, shape);
}
