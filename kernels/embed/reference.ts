import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { EmbedInputs } from "./embed.ts";

/** Token embedding with position in float64; NaN where an id is outside the table. */
export function reference({ ids, table, position }: InputValues<EmbedInputs>): [Values] {
  const width = sizeAt(table.shape, 1), tokens = sizeAt(ids.shape, 1);
  const y = new Float64Array(ids.data.length * width);
  for (const [row, id] of ids.data.entries()) {
    for (let c = 0; c < width; c++) {
      y[row * width + c] = (table.data[id * width + c] ?? NaN) +
        (position.data[row % tokens * width + c] ?? NaN);
    }
  }
  return [{ shape: [...ids.shape, width], data: y }];
}
