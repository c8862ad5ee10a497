import { formatShape, type Recorder, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { describeAxes, requireImages, type Tensors } from "../shapes.ts";
import source from "./letterbox.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x", "u8">, { readonly size: number }>({
  name: "letterbox",
  source,
  reads: { x: "u32" },
  vec4: true,
  infer({ x }, { size }) {
    const { images, height, width } = requireImages("letterbox", x, 4);
    if (!Number.isInteger(size) || height > size || width > size) {
      throw new RangeError(
        `Cannot record letterbox: x must fit the square of ${size}: got ${formatShape(x.shape)}`,
      );
    }
    return [{ shape: [images, size, size, 4], dtype: "f32" }];
  },
  describe: ({ x }, { size }) => `${describeAxes("B H W", x)},size=${size}`,
  params({ x }, { size }) {
    const [, height = 0, width = 0] = x.shape;
    return { size, height, width, ...placeOf(height, width, size) };
  },
  flops: 6 / 4,
});

/** Where a picture lies on the square: in the middle, the larger half of what is left below and right. */
export function placeOf(height: number, width: number, size: number) {
  return { top: (size - height) >> 1, left: (size - width) >> 1 };
}

/**
 * Pictures `[B, h, w, 4]`, whose alpha is ignored, on black squares `[B, S, S, 4]`, colours from -1 to 1 and a
 * 0: what the face detector takes.
 */
export function letterbox(recorder: Recorder, x: Tensor<"u8">, size: number): Tensor {
  return recorder.apply(op, { x }, { size })[0];
}
