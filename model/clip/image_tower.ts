import type { Packed, Recorder, Tensor } from "../../engine/mod.ts";
import { classToken, layerNorm, matmul, patchEmbed } from "../../kernels/mod.ts";
import { type ClipConfig, imageTokens } from "./config.ts";
import { type Observe, residualBlocks } from "./residual_block.ts";
import type { BlockWeights, NormWeights, WeightLoader } from "./weights.ts";

/** The weights of the image tower. */
export interface ImageTowerWeights {
  readonly patches: Packed; // [3 p p, D]
  readonly token: Tensor; // [D]
  readonly positions: Tensor; // [T, D]
  readonly normBefore: NormWeights;
  readonly blocks: readonly BlockWeights[];
  readonly normAfter: NormWeights;
  readonly projection: Packed; // [D, embedding]
}

/** Loads the image tower. */
export async function loadImageTower(
  load: WeightLoader,
  config: ClipConfig,
): Promise<ImageTowerWeights> {
  const { width, patch } = config.image;
  return {
    patches: await load.rows("visual.conv1.weight", [width, 3, patch, patch]),
    token: await load.tensor("visual.class_embedding", [width]),
    positions: await load.tensor("visual.positional_embedding", [imageTokens(config), width]),
    normBefore: await load.norm("visual.ln_pre", width),
    blocks: await load.blocks("visual.transformer", config.image),
    normAfter: await load.norm("visual.ln_post", width),
    projection: await load.matrix("visual.proj", [width, config.embedding]),
  };
}

/** Embeds images `[B, 3, R, R]`, normalised: `[B, 1, embedding]`, not normalised. */
export function imageTower(
  r: Recorder,
  w: ImageTowerWeights,
  { image: { patch, heads }, activation }: ClipConfig,
  images: Tensor,
  observe?: Observe,
): Tensor {
  const [batch = 0] = images.shape;
  const patches = patchEmbed(r, images, w.patches, patch); // [B, P, D]
  const tokens = classToken(r, patches, w.token, w.positions); // [B, T, D], T = P + 1
  const [, length = 0] = tokens.shape;
  const normed = layerNorm(r, tokens, w.normBefore.scale, w.normBefore.shift);
  observe?.("ln_pre", normed);
  // After the last block only the class tokens are needed, the first row of each image.
  const first = Uint32Array.from({ length: batch }, (_, b) => b * length);
  const rows = r.constant("class_tokens", [batch, 1], "u32", first);
  const x = residualBlocks(r, w.blocks, normed, { heads, activation }, { rows }, observe); // [B, 1, D]
  const y = layerNorm(r, x, w.normAfter.scale, w.normAfter.shift);
  observe?.("ln_post", y);
  return matmul(r, y, w.projection); // [B, 1, embedding]
}
