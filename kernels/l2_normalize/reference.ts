import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { L2NormalizeInputs } from "./l2_normalize.ts";

/** Rows scaled to length 1 in float64. */
export function reference({ x }: InputValues<L2NormalizeInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  for (let base = 0; base < y.length; base += width) {
    const row = x.data.subarray(base, base + width);
    const length = Math.max(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)), 1e-12);
    for (const [i, value] of row.entries()) y[base + i] = value / length;
  }
  return [{ shape: x.shape, data: y }];
}
