import type { Recorder, Tensor } from "../../engine/mod.ts";
import { attention, gatherRows, layerNorm, matmul } from "../../kernels/mod.ts";
import type { ClipConfig } from "./config.ts";
import type { BlockWeights } from "./weights.ts";

/** Which positions see which, and which of them go on. */
export interface BlockOptions {
  readonly heads: number;
  readonly activation: ClipConfig["activation"];
  /** `[B, T, 2]`: the positions that each one sees, from and to; all of its sequence if left out. */
  readonly ranges?: Tensor<"u32"> | undefined;
  /** Positions at the beginning that all the ranges have as well. */
  readonly shared?: number | undefined;
  /** `[B, Q]`: the rows that go on, of all B T; all of them if left out. */
  readonly rows?: Tensor<"u32"> | undefined;
}

/**
 * The block that both towers are made of: attention, then a perceptron, each added to what came in.
 * Where only some rows go on, as after the last block, only their queries and outputs are computed;
 * `ranges` is then `[B, Q, 2]`.
 */
export function residualBlock(
  r: Recorder,
  w: BlockWeights,
  x: Tensor, // [B, T, D]
  { heads, activation, ranges, shared, rows }: BlockOptions,
): Tensor {
  const normed = layerNorm(r, x, w.norm1.scale, w.norm1.shift); // [B, T, D]
  const kv = matmul(r, normed, w.kv.w, { bias: w.kv.bias }); // [B, T, 2 D]
  const asking = rows ? gatherRows(r, normed, rows) : normed; // [B, Q, D]
  const q = matmul(r, asking, w.q.w, { bias: w.q.bias }); // [B, Q, D]
  const seen = attention(r, q, kv, { heads, ranges, shared }); // [B, Q, D]
  const y = matmul(r, seen, w.out.w, {
    bias: w.out.bias,
    residual: rows ? gatherRows(r, x, rows) : x,
  });
  const hidden = matmul(r, layerNorm(r, y, w.norm2.scale, w.norm2.shift), w.up.w, {
    bias: w.up.bias,
    activation,
  }); // [B, Q, 4 D]
  return matmul(r, hidden, w.down.w, { bias: w.down.bias, residual: y }); // [B, Q, D]
}
