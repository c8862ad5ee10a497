import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { LayerNormAttrs, LayerNormInputs } from "./layer_norm.ts";

/** Layer normalisation in float64. */
export function reference(
  { x, scale, shift }: InputValues<LayerNormInputs>,
  { eps }: LayerNormAttrs,
): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  for (let base = 0; base < y.length; base += width) {
    const row = x.data.subarray(base, base + width);
    const mean = row.reduce((sum, value) => sum + value, 0) / width;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    for (const [i, value] of row.entries()) {
      y[base + i] = (value - mean) / Math.sqrt(variance + eps) * (scale.data[i] ?? NaN) +
        (shift.data[i] ?? NaN);
    }
  }
  return [{ shape: x.shape, data: y }];
}
