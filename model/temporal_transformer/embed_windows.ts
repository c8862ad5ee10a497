import { type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { classToken, gatherRows, layerNorm } from "../../kernels/mod.ts";
import { residualBlock } from "../clip/residual_block.ts";
import type { TemporalWeights } from "./weights.ts";

/**
 * Embeds windows of frame features `[B, F, D]`, as the image tower returns them: `[B, 1, D]`, not
 * normalised. The result is the learned token's row of the last block.
 */
export function embedWindows(
  r: Recorder,
  w: TemporalWeights,
  heads: number,
  frames: Tensor,
): Tensor {
  const batch = sizeAt(frames.shape, 0), tokens = sizeAt(frames.shape, 1) + 1;
  const trained = r.constant(
    "positions",
    [tokens],
    "u32",
    Uint32Array.from({ length: tokens }, (_, i) => i),
  );
  const positions = gatherRows(r, w.positions, trained); // [T, D], T = F + 1
  let x = classToken(r, frames, w.token, positions); // [B, T, D]
  // After the last block only the learned tokens are needed, the first row of each window.
  const first = Uint32Array.from({ length: batch }, (_, b) => b * tokens);
  const rows = r.constant("class_tokens", [batch, 1], "u32", first);
  for (const [i, block] of w.blocks.entries()) {
    const last = i === w.blocks.length - 1;
    x = residualBlock(r, block, x, {
      heads,
      activation: "gelu_tanh",
      rows: last ? rows : undefined,
    });
  } // [B, 1, D]
  return layerNorm(r, x, w.normAfter.scale, w.normAfter.shift);
}
