import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { L2NormalizeInputs } from "./l2_normalize.ts";

/** Rows scaled to length 1 in float64. */
export function reference({ x }: InputValues<L2NormalizeInputs>): [Values] {
  const data = mapRows(x, (row) => {
    const length = Math.max(Math.sqrt(row.reduce((sum, v) => sum + v * v, 0)), 1e-12);
    return row.map((v) => v / length);
  });
  return [{ shape: x.shape, data }];
}
