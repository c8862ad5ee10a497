import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import { powersOf } from "../softmax/reference.ts";
import type { CrossEntropyInputs } from "./cross_entropy.ts";

/** The cross-entropy of each row with its label, in float64. */
export function reference({ x, labels }: InputValues<CrossEntropyInputs>): [Values] {
  const data = mapRows(x, (logits, row) => {
    const { most, sum } = powersOf(logits);
    return [Math.log(sum) - ((logits[labels.data[row] ?? NaN] ?? NaN) - most)];
  });
  return [{ shape: labels.shape, data }];
}
