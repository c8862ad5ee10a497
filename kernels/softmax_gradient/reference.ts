import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { SoftmaxGradientInputs } from "./softmax_gradient.ts";

/** The gradient of softmax with respect to its input, in float64. */
export function reference({ y, dy }: InputValues<SoftmaxGradientInputs>): [Values] {
  const data = mapRows(y, (shares, row) => {
    const g = dy.data.subarray(row * shares.length, (row + 1) * shares.length);
    // Of shares that add up to 1, the same without this; of rounded ones, nearer to what is meant.
    const slopes = g.map((v) => v - (g[0] ?? NaN));
    const mean = shares.reduce((sum, share, i) => sum + share * (slopes[i] ?? NaN), 0);
    return shares.map((share, i) => share * ((slopes[i] ?? NaN) - mean));
  });
  return [{ shape: y.shape, data }];
}
