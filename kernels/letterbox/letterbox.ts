import { elements, formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import { requireImages } from "../shapes.ts";
import source from "./letterbox.wgsl" with { type: "text" };
import { type LetterboxAttrs, placeOf } from "./place.ts";

/** Operand of a letterbox. */
export interface LetterboxInputs {
  /** `[B, h, w, 4]`: bytes, RGBA; alpha is ignored. */
  readonly x: Tensor<"u8">;
}

export const op = perElement<LetterboxInputs, LetterboxAttrs>({
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
  describe: ({ x: { shape: [pictures, height, width] } }, { size }) =>
    `B=${pictures},H=${height},W=${width},size=${size}`,
  params({ x }, { size }) {
    const [, height = 0, width = 0] = x.shape;
    return { size, height, width, ...placeOf(height, width, size) };
  },
  cost: ({ x }, { size }) => ({
    flops: 6 * elements(x.shape) / 4,
    bytes: elements(x.shape) + 16 * sizeAt(x.shape, 0) * size * size,
  }),
});

/** Pictures on black squares `[B, S, S, 4]`, colours from -1 to 1 and a 0: what the face detector takes. */
export function letterbox(recorder: Recorder, x: Tensor<"u8">, size: number): Tensor {
  return recorder.apply(op, { x }, { size })[0];
}
