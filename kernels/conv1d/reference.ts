import type { InputValues, Values } from "../../engine/mod.ts";
import { activate } from "../activation/reference.ts";
import type { Conv1dAttrs, Conv1dInputs } from "./conv1d.ts";

/** The convolution by its formula, in float64. */
export function reference(
  { x, w, bias }: InputValues<Conv1dInputs>,
  { activation = "none", meanOverTime = false }: Conv1dAttrs,
): [Values] {
  const [batch = 0, steps = 0, width = 0] = x.shape;
  const columns = bias.data.length;
  const y = new Float64Array(batch * steps * columns);
  for (let row = 0; row < batch * steps; row++) {
    const sums = y.subarray(row * columns, (row + 1) * columns);
    sums.set(bias.data);
    for (let tap = 0; tap < 3; tap++) {
      const t = row % steps + tap - 1;
      if (t < 0 || t >= steps) continue;
      for (let i = 0; i < width; i++) {
        const value = x.data[(row + tap - 1) * width + i] as number;
        for (let j = 0; j < columns; j++) {
          sums[j] = (sums[j] as number) +
            value * (w.data[(tap * width + i) * columns + j] as number);
        }
      }
    }
    for (const [j, sum] of sums.entries()) sums[j] = activate(activation, sum);
  }
  if (!meanOverTime) return [{ shape: [batch, steps, columns], data: y }];
  const means = new Float64Array(batch * columns);
  for (const [at, value] of y.entries()) {
    const to = Math.floor(at / (steps * columns)) * columns + at % columns;
    means[to] = (means[to] as number) + value / steps;
  }
  return [{ shape: [batch, columns], data: means }];
}
