import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { SoftmaxGradientInputs } from "./softmax_gradient.ts";

/** The derivative of softmax by its operand, in float64. */
export function reference({ y, dy }: InputValues<SoftmaxGradientInputs>): [Values] {
  const width = sizeAt(y.shape, -1);
  // Of shares that add up to 1, the same without this; of rounded ones, nearer to what is meant.
  const slope = (i: number) => (dy.data[i] ?? NaN) - (dy.data[i - i % width] ?? NaN);
  const means = Float64Array.from({ length: y.data.length / width }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      sum += (y.data[i] ?? NaN) * slope(i);
    }
    return sum;
  });
  const data = y.data.map((share, i) => share * (slope(i) - (means[Math.floor(i / width)] ?? NaN)));
  return [{ shape: y.shape, data }];
}
