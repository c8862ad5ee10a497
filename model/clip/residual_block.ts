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

/** Which positions see which. */
export interface Sight {
  /** `[B, Q, 2]`: the positions that each one sees, from and to. */
  readonly ranges: Tensor<"u32">;
  /** `[B, T, 2]`: the ones that see each position, from and to: gradients go by it. */
  readonly seenBy?: Tensor<"u32"> | undefined;
  /** How many pairs that makes: for the cost only. */
  readonly pairs?: number | undefined;
}

/** Which positions see which, and which of them go on. */
export interface BlockOptions {
  readonly heads: number;
  readonly activation: keyof typeof activations;
  /** All of its own sequence if left out. */
  readonly sight?: Sight | undefined;
  /** Positions at the beginning that everyone sees as well. */
  readonly shared?: number | undefined;
  /** `[B, Q]`: the rows that go on, of all B T; all of them if left out. */
  readonly rows?: Tensor<"u32"> | undefined;
  /** Gradients will be asked for: what they need is kept, not worked out again. */
  readonly differentiable?: boolean | undefined;
}

const activations = { quick_gelu: quickGelu, gelu, gelu_tanh: geluTanh } as const;

/**
 * The block that both towers are made of: attention, then a perceptron, each added to what came in.
 * Where only some rows go on, as after the last block, only their queries and outputs are computed.
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
