import type { Recorder, Tensor } from "../../engine/mod.ts";
import {
  attention,
  gatherRows,
  gelu,
  geluTanh,
  layerNorm,
  matmul,
  quickGelu,
} from "../../kernels/mod.ts";
import type { BlockWeights } from "./weights.ts";

/** Which positions attend to which. */
export interface Sight {
  /** `[B, Q, 2]`: the range of positions that each one attends to. */
  readonly ranges: Tensor<"u32">;
  /** `[B, T, 2]`: the range that attends to each position, for gradients. */
  readonly seenBy?: Tensor<"u32"> | undefined;
  /** The number of pairs, for the cost estimate only. */
  readonly pairs?: number | undefined;
}

/** Which positions attend to which, and which of them the block computes. */
export interface BlockOptions {
  readonly heads: number;
  readonly activation: keyof typeof activations;
  /** By default every position of the same sequence. */
  readonly sight?: Sight | undefined;
  /** The number of leading positions that all others attend to as well. */
  readonly shared?: number | undefined;
  /** `[B, Q]`: the rows to compute, of all B T; all by default. */
  readonly rows?: Tensor<"u32"> | undefined;
  /** Whether gradients will be needed: their inputs are kept instead of recomputed. */
  readonly differentiable?: boolean | undefined;
}

const activations = { quick_gelu: quickGelu, gelu, gelu_tanh: geluTanh } as const;

/**
 * The residual block of both towers: attention, then a perceptron. If only some rows are needed, as after
 * the last block, only their queries and outputs are computed.
 */
export function residualBlock(
  r: Recorder,
  w: BlockWeights,
  x: Tensor, // [B, T, D]
  { heads, activation, sight, shared, rows, differentiable = false }: BlockOptions,
): Tensor {
  const normed = layerNorm(r, x, w.norm1.scale, w.norm1.shift); // [B, T, D]
  const kv = matmul(r, normed, w.kv.w, { bias: w.kv.bias }); // [B, T, 2 D]
  const asking = rows ? gatherRows(r, normed, rows) : normed; // [B, Q, D]
  const q = matmul(r, asking, w.q.w, { bias: w.q.bias }); // [B, Q, D]
  const seen = attention(r, q, kv, { heads, shared, ...sight }); // [B, Q, D]
  const y = matmul(r, seen, w.out.w, {
    bias: w.out.bias,
    residual: rows ? gatherRows(r, x, rows) : x,
  });
  const y2 = layerNorm(r, y, w.norm2.scale, w.norm2.shift);
  const hidden = differentiable
    ? activations[activation](r, matmul(r, y2, w.up.w, { bias: w.up.bias }))
    : matmul(r, y2, w.up.w, { bias: w.up.bias, activation }); // [B, Q, 4 D]
  return matmul(r, hidden, w.down.w, { bias: w.down.bias, residual: y }); // [B, Q, D]
}

/** Called with each intermediate tensor and its name while recording. */
export type Observe = (name: string, tensor: Tensor) => void;

/** All blocks of a tower. Of the last one only what `last` asks for is computed, and observed all of it. */
export function residualBlocks(
  r: Recorder,
  blocks: readonly BlockWeights[],
  input: Tensor, // [B, T, D]
  options: BlockOptions,
  last: Pick<BlockOptions, "rows" | "sight">,
  observe?: Observe,
): Tensor {
  return blocks.reduce((x, block, i) => {
    const isLast = i === blocks.length - 1;
    const whole = !isLast || observe ? residualBlock(r, block, x, options) : undefined;
    if (whole) observe?.(`block${i}`, whole);
    return isLast || !whole ? residualBlock(r, block, x, { ...options, ...last }) : whole;
  }, input);
}
