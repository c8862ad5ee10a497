import { mapRows } from "../case_tables.ts";
import type { InputValues, Values } from "../kernel.ts";
import { powersOf } from "../softmax/reference.ts";
import type { EntropyGradientInputs } from "./entropy_gradient.ts";

/** The gradient of the entropy with respect to the logits, in float64. */
export function reference({ x, dy }: InputValues<EntropyGradientInputs>): [Values] {
  const data = mapRows(x, (logits, row) => {
    const { most, powers, sum } = powersOf(logits);
    const centred = (i: number) => (logits[i] ?? NaN) - most;
    const mean = powers.reduce((total, e, i) => e === 0 ? total : total + e * centred(i), 0) / sum;
    const slope = dy.data[row] ?? NaN;
    return powers.map((e, i) => e === 0 ? 0 : -slope * e / sum * (centred(i) - mean));
  });
  return [{ shape: x.shape, data }];
}
