import { type InputValues, sizeAt, type Values } from "../../engine/mod.ts";
import type { AttentionGradientAttrs, AttentionGradientInputs } from "./attention_gradient.ts";

/** The derivatives of attention by the queries, and by keys and values, in float64. */
export function reference(
  { q, kv, y, dy, ranges, seenBy }: InputValues<AttentionGradientInputs>,
  { heads, causal, shared = 0 }: AttentionGradientAttrs,
): [Values, Values] {
  const [batch, queries, width] = [sizeAt(q.shape, 0), sizeAt(q.shape, 1), sizeAt(q.shape, 2)];
  const keys = sizeAt(kv.shape, 1), head = width / heads;
  const dq = new Float64Array(q.data.length), dkv = new Float64Array(kv.data.length);
  const addTo = (sums: Float64Array, at: number, x: number) => sums[at] = (sums[at] ?? NaN) + x;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < queries; i++) {
      const row = b * queries + i;
      const start = ranges?.data[2 * row] ?? 0;
      const limit = ranges?.data[2 * row + 1] ?? (causal ? Math.min(i + 1, keys) : keys);
      const seen = Array.from({ length: limit }, (_, j) => j)
        .filter((j) => j >= start || j < shared);
      for (let h = 0; h < heads; h++) {
        const at = row * width + h * head;
        const keyAt = (j: number) => (b * keys + j) * 2 * width + h * head;
        const dot = (a: Float64Array, i: number, c: Float64Array, j: number) => {
          let sum = 0;
          for (let n = 0; n < head; n++) sum += (a[i + n] ?? NaN) * (c[j + n] ?? NaN);
          return sum;
        };
        const scores = seen.map((j) => dot(q.data, at, kv.data, keyAt(j)) / Math.sqrt(head));
        const most = scores.reduce((a, s) => Math.max(a, s));
        const powers = scores.map((score) => Math.exp(score - most));
        const sum = powers.reduce((a, power) => a + power, 0);
        const slopes = seen.map((j) => dot(dy.data, at, kv.data, keyAt(j) + width));
        const along = dot(dy.data, at, y.data, at);
        for (const [n, j] of seen.entries()) {
          const p = (powers[n] ?? NaN) / sum;
          const slope = p * ((slopes[n] ?? NaN) - along) / Math.sqrt(head);
          for (let c = 0; c < head; c++) {
            addTo(dq, at + c, slope * (kv.data[keyAt(j) + c] ?? NaN));
            if (!seenBy || isWithin(i, seenBy.data, b * keys + j)) {
              addTo(dkv, keyAt(j) + c, slope * (q.data[at + c] ?? NaN));
              addTo(dkv, keyAt(j) + width + c, p * (dy.data[at + c] ?? NaN));
            }
          }
        }
      }
    }
  }
  return [{ shape: q.shape, data: dq }, { shape: kv.shape, data: dkv }];
}

/** Whether a query is among those that may see a key. */
function isWithin(query: number, ranges: Float64Array, key: number): boolean {
  return query >= (ranges[2 * key] ?? NaN) && query < (ranges[2 * key + 1] ?? NaN);
}
