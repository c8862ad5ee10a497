import type { InputValues, Values } from "../../engine/mod.ts";
import { mapRows } from "../case_tables.ts";
import type { OneOperand } from "../shapes.ts";

/** The largest number of a row, exp(x - largest) of each, and their sum. */
export function powersOf(row: Float64Array) {
  const most = row.reduce((a, b) => Math.max(a, b));
  const powers = row.map((x) => Math.exp(x - most));
  return { most, powers, sum: powers.reduce((total, e) => total + e, 0) };
}

/** Softmax of each row in float64. */
export function reference({ x }: InputValues<OneOperand>): [Values] {
  const data = mapRows(x, (row) => {
    const { powers, sum } = powersOf(row);
    return powers.map((e) => e / sum);
  });
  return [{ shape: x.shape, data }];
}
