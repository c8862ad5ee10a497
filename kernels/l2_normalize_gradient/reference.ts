import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { L2NormalizeGradientInputs } from "./l2_normalize_gradient.ts";

/** The gradient of scaling rows to length 1 with respect to the rows, in float64. */
export function reference({ x, dy }: InputValues<L2NormalizeGradientInputs>): [Values] {
  const data = mapRows(x, (row, index) => {
    const g = dy.data.subarray(index * row.length, (index + 1) * row.length);
    const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    const length = Math.max(norm, 1e-12);
    const along = norm < 1e-12 ? 0 : row.reduce((sum, v, i) => sum + v / length * (g[i] ?? NaN), 0);
    return g.map((v, i) => (v - (row[i] ?? NaN) / length * along) / length);
  });
  return [{ shape: x.shape, data }];
}
