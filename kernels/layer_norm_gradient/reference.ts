import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { LayerNormGradientInputs } from "./layer_norm_gradient.ts";

/** The derivative by what a layer normalisation got, in float64. */
export function reference(
  { x, scale, dy, residual }: InputValues<LayerNormGradientInputs>,
  { eps }: { readonly eps: number },
): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  const average = (numbers: Float64Array) => numbers.reduce((sum, v) => sum + v, 0) / width;
  for (let base = 0; base < y.length; base += width) {
    const row = x.data.subarray(base, base + width);
    const mean = average(row);
    const deviation = Math.sqrt(average(row.map((v) => (v - mean) ** 2)) + eps);
    const z = row.map((v) => (v - mean) / deviation);
    const g = z.map((_, i) => (dy.data[base + i] ?? NaN) * (scale.data[i] ?? NaN));
    const slope = average(g), product = average(g.map((v, i) => v * (z[i] ?? NaN)));
    y.set(g.map((v, i) => (v - slope - (z[i] ?? NaN) * product) / deviation), base);
  }
  if (residual) {
    for (const [i, v] of residual.data.entries()) y[i] = (y[i] ?? NaN) + v;
  }
  return [{ shape: x.shape, data: y }];
}
