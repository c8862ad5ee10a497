import type { InputValues, Values } from "../kernel.ts";
import type { AdamwAttrs, AdamwInputs } from "./adamw.ts";

/** One step of AdamW in float64. */
export function reference(
  { p, g, m, v, correction }: InputValues<AdamwInputs>,
  { rate, betas: [b1, b2], eps, decay }: AdamwAttrs,
): [Values, Values, Values] {
  const [c1 = NaN, c2 = NaN] = correction.data;
  const newM = m.data.map((x, i) => b1 * x + (1 - b1) * (g.data[i] ?? NaN));
  const newV = v.data.map((x, i) => b2 * x + (1 - b2) * (g.data[i] ?? NaN) ** 2);
  const newP = p.data.map((x, i) => {
    const step = (newM[i] ?? NaN) * c1 / (Math.sqrt((newV[i] ?? NaN) * c2) + eps);
    return x * (1 - rate * decay) - rate * step;
  });
  const { shape } = p;
  return [{ shape, data: newP }, { shape, data: newM }, { shape, data: newV }];
}
