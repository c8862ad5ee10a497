/**
 * All kernels. Models call the functions; tests, benchmarks and `deno task check` walk the list.
 *
 * @module
 */
import { activationKernel } from "./activation/activation.ts";
import { addKernel } from "./add/add.ts";
import { attentionKernel } from "./attention/cases.ts";
import { castKernel } from "./cast/cast.ts";
import { classTokenKernel } from "./class_token/class_token.ts";
import { conv1dKernel } from "./conv1d/conv1d.ts";
import { conv2dKernel } from "./conv2d/conv2d.ts";
import { cropKernel } from "./crop/crop.ts";
import { depthwiseConv2dKernel } from "./depthwise_conv2d/depthwise_conv2d.ts";
import { embedKernel } from "./embed/embed.ts";
import { entropyKernel } from "./entropy/entropy.ts";
import { gatherRowsKernel } from "./gather_rows/gather_rows.ts";
import { l2NormalizeKernel } from "./l2_normalize/l2_normalize.ts";
import { layerNormKernel } from "./layer_norm/layer_norm.ts";
import { matmulKernel } from "./matmul/cases.ts";
import { maxPoolKernel } from "./max_pool/max_pool.ts";
import { meanKernel } from "./mean/mean.ts";
import { normalizeKernel } from "./normalize/normalize.ts";
import { patchEmbedKernel } from "./patch_embed/patch_embed.ts";
import { patchesKernel } from "./patches/patches.ts";
import { preluKernel } from "./prelu/prelu.ts";
import { resizeKernel } from "./resize/resize.ts";
import { scaleKernel } from "./scale/scale.ts";
import { softmaxKernel } from "./softmax/softmax.ts";
import { unfoldKernel } from "./unfold/unfold.ts";
import type { AnyKernel } from "./kernel.ts";

export { gelu, quickGelu, relu } from "./activation/activation.ts";
export { add } from "./add/add.ts";
export { attention } from "./attention/attention.ts";
export { cast } from "./cast/cast.ts";
export { classToken } from "./class_token/class_token.ts";
export { conv1d, conv1dWeight } from "./conv1d/conv1d.ts";
export { conv2d } from "./conv2d/conv2d.ts";
export { centerCrop, crop } from "./crop/crop.ts";
export { depthwiseConv2d } from "./depthwise_conv2d/depthwise_conv2d.ts";
export { embed } from "./embed/embed.ts";
export { entropy } from "./entropy/entropy.ts";
export { gatherRows } from "./gather_rows/gather_rows.ts";
export { l2Normalize } from "./l2_normalize/l2_normalize.ts";
export { layerNorm } from "./layer_norm/layer_norm.ts";
export { matmul } from "./matmul/matmul.ts";
export { maxPool } from "./max_pool/max_pool.ts";
export { mean } from "./mean/mean.ts";
export { clipColors, normalize } from "./normalize/normalize.ts";
export { patchEmbed } from "./patch_embed/patch_embed.ts";
export { patches } from "./patches/patches.ts";
export { prelu } from "./prelu/prelu.ts";
export { resize } from "./resize/resize.ts";
export { scale } from "./scale/scale.ts";
export { softmax } from "./softmax/softmax.ts";
export { unfold } from "./unfold/unfold.ts";
export { packMatrix } from "./matmul/weight.ts";

/** The kernel list. */
export const kernels: readonly AnyKernel[] = [
  activationKernel,
  addKernel,
  attentionKernel,
  castKernel,
  classTokenKernel,
  conv1dKernel,
  conv2dKernel,
  cropKernel,
  depthwiseConv2dKernel,
  embedKernel,
  entropyKernel,
  gatherRowsKernel,
  l2NormalizeKernel,
  layerNormKernel,
  matmulKernel,
  maxPoolKernel,
  meanKernel,
  normalizeKernel,
  patchEmbedKernel,
  patchesKernel,
  preluKernel,
  resizeKernel,
  scaleKernel,
  softmaxKernel,
  unfoldKernel,
];
