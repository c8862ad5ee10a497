import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import type { MatmulAttrs, MatmulInputs } from "./matmul.ts";

/** `activation(x w + bias) + residual` in float64. */
export function reference(
  { x, w, bias, residual }: InputValues<MatmulInputs>,
  { activation = "none", transposed = false }: MatmulAttrs,
): [Values] {
  const k = sizeAt(x.shape, -1), rows = x.data.length / k;
  const n = w.data.length / k;
  const y = new Float64Array(rows * n);
  for (let row = 0; row < rows; row++) {
    const sums = y.subarray(row * n, (row + 1) * n);
    for (let i = 0; i < k; i++) {
      const value = x.data[row * k + i] ?? NaN;
      for (let j = 0; j < n; j++) {
        sums[j] = (sums[j] ?? NaN) + value * (w.data[transposed ? j * k + i : i * n + j] ?? NaN);
      }
    }
    for (let j = 0; j < n; j++) {
      sums[j] = activate(activation, (sums[j] ?? NaN) + (bias?.data[j] ?? 0)) +
        (residual?.data[row * n + j] ?? 0);
    }
  }
  return [{ shape: [...x.shape.slice(0, -1), n], data: y }];
}
