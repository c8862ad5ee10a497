import { elements, type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { GatherRowsInputs, ScatterRowsAttrs, ScatterRowsInputs } from "./gather_rows.ts";

/** The rows that the index names; NaN where it names none. */
export function gatherReference({ x, index }: InputValues<GatherRowsInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(index.data.length * width);
  for (const [i, row] of index.data.entries()) {
    for (let c = 0; c < width; c++) y[i * width + c] = x.data[row * width + c] ?? NaN;
  }
  return [{ shape: [...index.shape, width], data: y }];
}

/** Rows added to rows of zeros; what the index sends elsewhere goes nowhere. */
export function scatterReference(
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
