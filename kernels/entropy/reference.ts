import type { InputValues, Values } from "../../engine/mod.ts";
import { mapRows } from "../case_tables.ts";
import type { OneOperand } from "../shapes.ts";
import type { EntropyAttrs } from "./entropy.ts";

/** The entropy of each row's softmax in float64. */
export function reference(
  { x }: InputValues<OneOperand>,
  { eps = 0 }: EntropyAttrs,
): [Values] {
  const data = mapRows(x, (logits) => {
    const most = logits.reduce((a, b) => Math.max(a, b));
    const others = logits.reduce((total, z) => total + (z === most ? 0 : Math.exp(z - most)), 0);
    // In this order: beside a 1, others below 1e-16 would be lost.
    const rest = others + (logits.filter((z) => z === most).length - 1);
    if (eps > 0) {
      return [logits.reduce((total, z) => {
        const p = Math.exp(z - most) / (1 + rest);
        return total - p * Math.log(p + eps);
      }, 0)];
    }
    const weighted = logits.reduce((total, z) => {
      const e = Math.exp(z - most);
      return e === 0 ? total : total + e * (z - most);
    }, 0);
    return [Math.log1p(rest) - weighted / (1 + rest)];
  });
  return [{ shape: x.shape.slice(0, -1), data }];
}
