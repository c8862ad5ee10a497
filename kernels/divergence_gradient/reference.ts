import { sizeAt } from "../../engine/mod.ts";
import type { InputValues, Values } from "../kernel.ts";
import type { DivergenceGradientInputs } from "./divergence_gradient.ts";

/** Gradient of the divergence with respect to the shares, in float64. */
export function reference({ p, q, dy }: InputValues<DivergenceGradientInputs>): [Values] {
  const width = sizeAt(p.shape, -1), smallest = 2 ** -126;
  const data = p.data.map((share, i) => {
    const ratio = (share === 0 ? smallest : share) / (q.data[i % width] ?? NaN);
    return (dy.data[Math.floor(i / width)] ?? NaN) * (Math.log(ratio) + 1);
  });
  return [{ shape: p.shape, data }];
}
