import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { LayerNormGradientInputs } from "./layer_norm_gradient.ts";

/** The gradient of layer norm with respect to its input, in float64. */
export function reference(
  { x, scale, dy, residual }: InputValues<LayerNormGradientInputs>,
  { eps }: { readonly eps: number },
): [Values] {
  const average = (row: Float64Array) => row.reduce((sum, value) => sum + value, 0) / row.length;
  const data = mapRows(x, (row, index) => {
    const base = index * row.length, mean = average(row);
    const deviation = Math.sqrt(average(row.map((v) => (v - mean) ** 2)) + eps);
    const z = row.map((v) => (v - mean) / deviation);
    const g = z.map((_, i) => (dy.data[base + i] ?? NaN) * (scale.data[i] ?? NaN));
    const slope = average(g), product = average(g.map((v, i) => v * (z[i] ?? NaN)));
    return g.map((v, i) =>
      (v - slope - (z[i] ?? NaN) * product) / deviation + (residual?.data[base + i] ?? 0)
    );
  });
  return [{ shape: x.shape, data }];
}
