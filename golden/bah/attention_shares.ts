import { softmax } from "../../numbers/vectors.ts";

/** The shares of attention `[B, H, T, T]`, from queries, keys and values `[B, T, 3 D]` as the device has them. */
export function attentionShares(
  qkv: Float32Array,
  { batch, width, heads }: {
    readonly batch: number;
    readonly width: number;
    readonly heads: number;
  },
): Float32Array<ArrayBuffer> {
  const tokens = qkv.length / (batch * 3 * width), head = width / heads, all: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < tokens; i++) {
        const scores = Array.from({ length: tokens }, (_, j) => {
          let sum = 0;
          for (let c = 0; c < head; c++) {
            const q = qkv[(b * tokens + i) * 3 * width + h * head + c] as number;
            const k = qkv[(b * tokens + j) * 3 * width + width + h * head + c] as number;
            sum += q * k;
          }
          return sum / Math.sqrt(head);
        });
        all.push(...softmax(scores));
      }
    }
  }
  return Float32Array.from(all);
}
