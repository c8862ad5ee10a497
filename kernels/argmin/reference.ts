import type { InputValues, Values } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import type { ArgminInputs } from "./argmin.ts";

/** Where the least number of each row is, counted over all rows. */
export function reference({ x }: InputValues<ArgminInputs>): [Values] {
  const { rows, width } = rowsOf(x.shape);
  const data = Float64Array.from({ length: rows }, (_, row) => {
    const numbers = x.data.subarray(row * width, (row + 1) * width);
    const known = numbers.filter((v) => !Number.isNaN(v));
    const least = known.reduce((a, b) => Math.min(a, b), Infinity);
    return row * width + (known.length === 0 ? 0 : numbers.indexOf(least));
  });
  return [{ shape: x.shape.slice(0, -1), data }];
}
