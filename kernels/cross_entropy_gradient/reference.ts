import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { CrossEntropyGradientInputs } from "./cross_entropy_gradient.ts";

/** The derivative of the cross-entropy by the logits, in float64. */
export function reference({ x, labels, dy }: InputValues<CrossEntropyGradientInputs>): [Values] {
  const width = sizeAt(x.shape, -1), y = new Float64Array(x.data.length);
  for (const [row, label] of labels.data.entries()) {
    const logits = x.data.subarray(row * width, (row + 1) * width);
    const most = logits.reduce((a, b) => Math.max(a, b));
    const powers = logits.map((z) => Math.exp(z - most));
    const sum = powers.reduce((total, e) => total + e, 0), slope = dy.data[row] ?? NaN;
    y.set(powers.map((e, i) => slope * (e / sum - (i === label ? 1 : 0))), row * width);
  }
  return [{ shape: x.shape, data: y }];
}
