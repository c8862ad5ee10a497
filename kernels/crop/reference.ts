import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { CropAttrs, CropInputs } from "./crop.ts";

/** The rectangle of each image, row by row. */
export function reference(
  { x }: InputValues<CropInputs>,
  { top, left, height, width }: CropAttrs,
): [Values] {
  const images = sizeAt(x.shape, 0), rows = sizeAt(x.shape, 1), columns = sizeAt(x.shape, 2);
  const y = new Float64Array(images * height * width * 4);
  for (let image = 0; image < images; image++) {
    for (let i = 0; i < height; i++) {
      const start = ((image * rows + top + i) * columns + left) * 4;
      y.set(x.data.subarray(start, start + width * 4), (image * height + i) * width * 4);
    }
  }
  return [{ shape: [images, height, width, 4], data: y }];
}
