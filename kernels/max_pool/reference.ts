import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import { positions } from "../conv2d/reference.ts";
import type { MaxPoolAttrs, MaxPoolInputs } from "./max_pool.ts";

/** The largest number of each window, of what lies in the image; NaN wins. */
export function reference(
  { x }: InputValues<MaxPoolInputs>,
  { window, ...attrs }: MaxPoolAttrs,
): [Values] {
  const images = sizeAt(x.shape, 0), height = sizeAt(x.shape, 1), width = sizeAt(x.shape, 2);
  const channels = sizeAt(x.shape, 3);
  const rows = positions(height, window, attrs, "top", "bottom");
  const columns = positions(width, window, attrs, "left", "right");
  const y = new Float64Array(images * rows.length * columns.length * channels);
  let at = 0;
  for (let image = 0; image < images; image++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let c = 0; c < channels; c++) {
          let most = -Infinity;
          for (let i = Math.max(row, 0); i < Math.min(row + window, height); i++) {
            for (let j = Math.max(column, 0); j < Math.min(column + window, width); j++) {
              // Math.max() lets NaN win.
              most = Math.max(most, x.data[((image * height + i) * width + j) * channels + c] ?? 0);
            }
          }
          y[at++] = most;
        }
      }
    }
  }
  return [{ shape: [images, rows.length, columns.length, channels], data: y }];
}
