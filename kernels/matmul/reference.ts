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
  const weight = transposed ? transpose(w.data, n, k) : w.data;
  for (let row = 0; row < rows; row++) {
    const sums = y.subarray(row * n, (row + 1) * n);
    for (let i = 0; i < k; i++) {
      const value = x.data[row * k + i] as number;
      const line = weight.subarray(i * n, (i + 1) * n);
      for (let j = 0; j < n; j++) sums[j] = (sums[j] as number) + value * (line[j] as number);
    }
    for (let j = 0; j < n; j++) {
      sums[j] = activate(activation, (sums[j] as number) + (bias?.data[j] ?? 0)) +
        (residual?.data[row * n + j] ?? 0);
    }
  }
  return [{ shape: [...x.shape.slice(0, -1), n], data: y }];
}

function transpose(data: Float64Array, rows: number, columns: number): Float64Array {
  return data.map((_, i) => data[i % rows * columns + Math.floor(i / rows)] as number);
}
