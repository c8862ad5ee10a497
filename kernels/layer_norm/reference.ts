import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { LayerNormAttrs, LayerNormInputs } from "./layer_norm.ts";

/** Layer normalisation in float64. */
export function reference(
  { x, scale, shift }: InputValues<LayerNormInputs>,
  { eps }: LayerNormAttrs,
): [Values] {
  const average = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0) / row.length;
  const data = mapRows(x, (row) => {
    const mean = average(row),
      deviation = Math.sqrt(average(row.map((v) => (v - mean) ** 2)) + eps);
    return row.map((v, i) =>
      (v - mean) / deviation * (scale.data[i] ?? NaN) + (shift.data[i] ?? NaN)
    );
  });
  return [{ shape: x.shape, data }];
}
