import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { GatherRowsInputs } from "./gather_rows.ts";

/** The rows that the index names; NaN where it names none. */
export function reference({ x, index }: InputValues<GatherRowsInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(index.data.length * width);
  for (const [i, row] of index.data.entries()) {
    for (let c = 0; c < width; c++) y[i * width + c] = x.data[row * width + c] ?? NaN;
  }
  return [{ shape: [...index.shape, width], data: y }];
}
