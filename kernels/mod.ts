/**
 * All kernels. Models call the functions; tests, benchmarks and `deno task check` walk the list.
 *
 * @module
 */
import { activationKernel } from "./activation/activation.ts";
import { activationGradientKernel } from "./activation_gradient/activation_gradient.ts";
import { adamwKernel } from "./adamw/adamw.ts";
import { addKernel } from "./add/add.ts";
import { argminKernel } from "./argmin/argmin.ts";
import { attentionKernel } from "./attention/cases.ts";
import { attentionGradientKernel } from "./attention_gradient/cases.ts";
import { castKernel } from "./cast/cast.ts";
import { classTokenKernel } from "./class_token/class_token.ts";
import { conv1dKernel } from "./conv1d/conv1d.ts";
import { conv2dKernel } from "./conv2d/conv2d.ts";
import { cropKernel } from "./crop/crop.ts";
import { crossEntropyKernel } from "./cross_entropy/cross_entropy.ts";
import { crossEntropyGradientKernel } from "./cross_entropy_gradient/cross_entropy_gradient.ts";
import { depthwiseConv2dKernel } from "./depthwise_conv2d/depthwise_conv2d.ts";
import { divergenceKernel } from "./divergence/divergence.ts";
import { divergenceGradientKernel } from "./divergence_gradient/divergence_gradient.ts";
import { embedKernel } from "./embed/embed.ts";
import { entropyKernel } from "./entropy/entropy.ts";
import { entropyGradientKernel } from "./entropy_gradient/entropy_gradient.ts";
import { gatherRowsKernel } from "./gather_rows/gather_rows.ts";
import { l2NormalizeKernel } from "./l2_normalize/l2_normalize.ts";
import { l2NormalizeGradientKernel } from "./l2_normalize_gradient/l2_normalize_gradient.ts";
import { layerNormKernel } from "./layer_norm/layer_norm.ts";
import { layerNormGradientKernel } from "./layer_norm_gradient/layer_norm_gradient.ts";
import { letterboxKernel } from "./letterbox/letterbox.ts";
import { matmulKernel } from "./matmul/cases.ts";
import { maxPoolKernel } from "./max_pool/max_pool.ts";
import { meanKernel } from "./mean/mean.ts";
import { normalizeKernel } from "./normalize/normalize.ts";
import { padChannelsKernel } from "./pad_channels/pad_channels.ts";
import { patchEmbedKernel } from "./patch_embed/patch_embed.ts";
import { patchesKernel } from "./patches/patches.ts";
import { preluKernel } from "./prelu/prelu.ts";
import { resizeKernel } from "./resize/resize.ts";
import { scaleKernel } from "./scale/scale.ts";
import { scatterRowsKernel } from "./gather_rows/scatter_rows.ts";
import { softmaxKernel } from "./softmax/softmax.ts";
import { softmaxGradientKernel } from "./softmax_gradient/softmax_gradient.ts";
import { spreadKernel } from "./spread/spread.ts";
import { sumRowsKernel } from "./sum_rows/sum_rows.ts";
import { transposeKernel } from "./transpose/transpose.ts";
import { unfoldKernel } from "./unfold/unfold.ts";
import type { AnyKernel } from "./kernel.ts";

export type { AnyKernel, Case, CaseOperand, Fill, Kernel, Refusal } from "./kernel.ts";
export { type Activation, activations } from "./activation/activations.ts";
export type { Pads, WindowAttrs } from "./conv2d/window.ts";
export type { Filter } from "./resize/taps.ts";
export type { AdamwAttrs, AdamwInputs, AdamwStep } from "./adamw/adamw.ts";
export type { AttentionOptions } from "./attention/attention.ts";
export type { Conv1dAttrs } from "./conv1d/conv1d.ts";
export type { Conv2dAttrs } from "./conv2d/conv2d.ts";
export type { CropAttrs } from "./crop/crop.ts";
export type { DepthwiseConv2dAttrs } from "./depthwise_conv2d/depthwise_conv2d.ts";
export type { EntropyAttrs } from "./entropy/entropy.ts";
export type { LayerNormAttrs } from "./layer_norm/layer_norm.ts";
export type { MatmulAttrs, MatmulInputs } from "./matmul/matmul.ts";
export type { MaxPoolAttrs } from "./max_pool/max_pool.ts";
export type { NormalizeAttrs, PerColor } from "./normalize/normalize.ts";
export type { ResizeAttrs } from "./resize/resize.ts";
export type { SpreadAttrs } from "./spread/spread.ts";
export { gelu, geluTanh, quickGelu, relu } from "./activation/activation.ts";
export { adamw, adamwCorrection, adamwDefaults } from "./adamw/adamw.ts";
export { add } from "./add/add.ts";
export { argmin } from "./argmin/argmin.ts";
export { attention } from "./attention/attention.ts";
export { seenBy } from "./attention/seen_by.ts";
export { cast } from "./cast/cast.ts";
export { classToken } from "./class_token/class_token.ts";
export { conv1d, conv1dWeight } from "./conv1d/conv1d.ts";
export { conv2d } from "./conv2d/conv2d.ts";
export { centerCrop, crop } from "./crop/crop.ts";
export { crossEntropy } from "./cross_entropy/cross_entropy.ts";
export { depthwiseConv2d } from "./depthwise_conv2d/depthwise_conv2d.ts";
export { divergence } from "./divergence/divergence.ts";
export { embed } from "./embed/embed.ts";
export { entropy } from "./entropy/entropy.ts";
export { gatherRows, scatterRows } from "./gather_rows/gather_and_scatter.ts";
export { grad } from "./grad.ts";
export { l2Normalize } from "./l2_normalize/l2_normalize.ts";
export { layerNorm } from "./layer_norm/layer_norm.ts";
export { letterbox } from "./letterbox/letterbox.ts";
export { matmul } from "./matmul/matmul.ts";
export { packMatrix, type PackOptions } from "./matmul/weight.ts";
export { maxPool } from "./max_pool/max_pool.ts";
export { mean } from "./mean/mean.ts";
export { clipColors, normalize } from "./normalize/normalize.ts";
export { padChannels } from "./pad_channels/pad_channels.ts";
export { patchEmbed } from "./patch_embed/patch_embed.ts";
export { patches } from "./patches/patches.ts";
export { prelu } from "./prelu/prelu.ts";
export { resize } from "./resize/resize.ts";
export { scale } from "./scale/scale.ts";
export { softmax } from "./softmax/softmax.ts";
export { spread } from "./spread/spread.ts";
export { sumRows } from "./sum_rows/sum_rows.ts";
export { transpose } from "./transpose/transpose.ts";
export { unfold } from "./unfold/unfold.ts";

/**
 * The kernel list.
 *
 * @internal
 */
export const kernels: readonly AnyKernel[] = [
  activationKernel,
  activationGradientKernel,
  adamwKernel,
  addKernel,
  argminKernel,
  attentionKernel,
  attentionGradientKernel,
  castKernel,
  classTokenKernel,
  conv1dKernel,
  conv2dKernel,
  cropKernel,
  crossEntropyKernel,
  crossEntropyGradientKernel,
  depthwiseConv2dKernel,
  divergenceKernel,
  divergenceGradientKernel,
  embedKernel,
  entropyKernel,
  entropyGradientKernel,
  gatherRowsKernel,
  l2NormalizeKernel,
  l2NormalizeGradientKernel,
  layerNormKernel,
  layerNormGradientKernel,
  letterboxKernel,
  matmulKernel,
  maxPoolKernel,
  meanKernel,
  normalizeKernel,
  padChannelsKernel,
  patchEmbedKernel,
  patchesKernel,
  preluKernel,
  resizeKernel,
  scaleKernel,
  scatterRowsKernel,
  softmaxKernel,
  softmaxGradientKernel,
  spreadKernel,
  sumRowsKernel,
  transposeKernel,
  unfoldKernel,
];
