import { elements, type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { ScatterRowsAttrs, ScatterRowsInputs } from "./scatter_rows.ts";

/** Rows added to rows of zeros; what the index sends elsewhere goes nowhere. */
export function reference(
  { x, index }: InputValues<ScatterRowsInputs>,
  { shape }: ScatterRowsAttrs,
): [Values] {
  const width = sizeAt(x.shape, -1), y = new Float64Array(elements(shape));
  for (const [n, row] of index.data.entries()) {
    for (let c = 0; c < width; c++) {
      const at = row * width + c;
      if (at < y.length) y[at] = (y[at] ?? NaN) + (x.data[n * width + c] ?? NaN);
    }
  }
  return [{ shape, data: y }];
}
