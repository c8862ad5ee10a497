import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { L2NormalizeGradientInputs } from "./l2_normalize_gradient.ts";

/** The derivative by what a scaling of rows to length 1 got, in float64. */
export function reference({ x, dy }: InputValues<L2NormalizeGradientInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  for (let base = 0; base < y.length; base += width) {
    const row = x.data.subarray(base, base + width), g = dy.data.subarray(base, base + width);
    const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    const length = Math.max(norm, 1e-12);
    const along = norm < 1e-12 ? 0 : row.reduce((sum, v, i) => sum + v / length * (g[i] ?? NaN), 0);
    y.set(g.map((v, i) => (v - (row[i] ?? NaN) / length * along) / length), base);
  }
  return [{ shape: x.shape, data: y }];
}
