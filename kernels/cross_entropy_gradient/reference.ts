import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import { powersOf } from "../softmax/reference.ts";
import type { CrossEntropyGradientInputs } from "./cross_entropy_gradient.ts";

/** The gradient of the cross-entropy with respect to the logits, in float64. */
export function reference({ x, labels, dy }: InputValues<CrossEntropyGradientInputs>): [Values] {
  const data = mapRows(x, (logits, row) => {
    const { powers, sum } = powersOf(logits), label = labels.data[row], slope = dy.data[row] ?? NaN;
    return powers.map((e, i) => slope * (e / sum - (i === label ? 1 : 0)));
  });
  return [{ shape: x.shape, data }];
}
