import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { LetterboxInputs } from "./letterbox.ts";
import { type LetterboxAttrs, placeOf } from "./place.ts";

/** A picture on a black square, from -1 to 1. */
export function reference(
  { x }: InputValues<LetterboxInputs>,
  { size }: LetterboxAttrs,
): [Values] {
  const [pictures, height, width] = [sizeAt(x.shape, 0), sizeAt(x.shape, 1), sizeAt(x.shape, 2)];
  const { top, left } = placeOf(height, width, size);
  const data = Float64Array.from(
    { length: pictures * size * size * 4 },
    (_, i) => i % 4 === 3 ? 0 : -1,
  );
  for (let b = 0; b < pictures; b++) {
    for (let v = 0; v < height; v++) {
      for (let u = 0; u < width; u++) {
        for (let c = 0; c < 3; c++) {
          const pixel = x.data[((b * height + v) * width + u) * 4 + c] ?? NaN;
          data[((b * size + v + top) * size + u + left) * 4 + c] = pixel / 127.5 - 1;
        }
      }
    }
  }
  return [{ shape: [pictures, size, size, 4], data }];
}
