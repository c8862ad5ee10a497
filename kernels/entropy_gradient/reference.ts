import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { EntropyGradientInputs } from "./entropy_gradient.ts";

/** The derivative of the entropy by the logits, in float64. */
export function reference({ x, dy }: InputValues<EntropyGradientInputs>): [Values] {
  const width = sizeAt(x.shape, -1);
  const y = new Float64Array(x.data.length);
  for (let base = 0; base < y.length; base += width) {
    const logits = x.data.subarray(base, base + width);
    const most = logits.reduce((a, b) => Math.max(a, b));
    const powers = logits.map((z) => Math.exp(z - most));
    const sum = powers.reduce((total, e) => total + e, 0);
    const centred = (i: number) => (logits[i] ?? NaN) - most;
    const mean = powers.reduce((total, e, i) => e === 0 ? total : total + e * centred(i), 0) / sum;
    const slope = dy.data[base / width] ?? NaN;
    y.set(powers.map((e, i) => e === 0 ? 0 : -slope * e / sum * (centred(i) - mean)), base);
  }
  return [{ shape: x.shape, data: y }];
}
