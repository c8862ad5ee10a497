import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { SoftmaxInputs } from "./softmax.ts";

/** Softmax of each row in float64. */
export function reference({ x }: InputValues<SoftmaxInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  for (let base = 0; base < y.length; base += width) {
    const row = x.data.subarray(base, base + width);
    const most = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
    for (const [i, value] of row.entries()) y[base + i] = Math.exp(value - most) / sum;
  }
  return [{ shape: x.shape, data: y }];
}
