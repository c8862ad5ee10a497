import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { AttentionAttrs, AttentionInputs } from "./attention.ts";

/** `softmax(q kᵀ · scale) v`, head by head, in float64. */
export function reference(
  { q, k, v, ranges }: InputValues<AttentionInputs>,
  { heads, width, causal, shared = 0, qOffset, kOffset, vOffset }: AttentionAttrs,
): [Values] {
  const [batch, queries, keys] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1), sizeAt(k.shape, 1)];
  const head = width / heads;
  const y = new Float64Array(batch * queries * width);
  const at = ({ shape, data }: Values, b: number, t: number, column: number) =>
    data[(b * sizeAt(shape, 1) + t) * sizeAt(shape, 2) + column] as number;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < queries; i++) {
      const row = 2 * (b * queries + i);
      const start = ranges?.data[row] ?? 0;
      const limit = ranges?.data[row + 1] ?? (causal ? Math.min(i + 1, keys) : keys);
      const seen = Array.from({ length: limit }, (_, j) => j).filter((j) =>
        j >= start || j < shared
      );
      for (let h = 0; h < heads; h++) {
        const scores = seen.map((j) => {
          let sum = 0;
          for (let c = h * head; c < (h + 1) * head; c++) {
            sum += at(q, b, i, qOffset + c) * at(k, b, j, kOffset + c);
          }
          return sum / Math.sqrt(head);
        });
        const most = scores.reduce((a, s) => Math.max(a, s));
        const weights = scores.map((score) => Math.exp(score - most));
        const sum = weights.reduce((a, weight) => a + weight, 0);
        for (const [n, weight] of weights.entries()) {
          for (let c = h * head; c < (h + 1) * head; c++) {
            const to = (b * queries + i) * width + c;
            y[to] = (y[to] as number) + weight / sum * at(v, b, seen[n] as number, vOffset + c);
          }
        }
      }
    }
  }
  return [{ shape: [batch, queries, width], data: y }];
}
