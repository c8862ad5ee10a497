import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { CrossEntropyInputs } from "./cross_entropy.ts";

/** The cross-entropy of each row and its label, in float64. */
export function reference({ x, labels }: InputValues<CrossEntropyInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const data = labels.data.map((label, row) => {
    const logits = x.data.subarray(row * width, (row + 1) * width);
    const most = logits.reduce((a, b) => Math.max(a, b));
    const sum = logits.reduce((total, z) => total + Math.exp(z - most), 0);
    return Math.log(sum) - ((logits[label] ?? NaN) - most);
  });
  return [{ shape: labels.shape, data }];
}
