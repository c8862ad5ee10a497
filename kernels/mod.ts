/**
 * All kernels, as functions that models call. Their proofs are in `proofs.ts`.
 *
 * @module
 */
export { compare } from "./compare.ts";
export { type Activation, activations } from "./activation/activations.ts";
export type { Pads, WindowAttrs } from "./conv2d/window.ts";
export { absoluteDifference } from "./absolute_difference/absolute_difference.ts";
export { gelu, geluTanh, quickGelu, relu } from "./activation/activation.ts";
export {
  adamw,
  type AdamwAttrs,
  adamwCorrection,
  adamwDefaults,
  type AdamwInputs,
  type AdamwStep,
} from "./adamw/adamw.ts";
export { add } from "./add/add.ts";
export { argmin } from "./argmin/argmin.ts";
export { attention, type AttentionOptions } from "./attention/attention.ts";
export { seenBy } from "./attention/seen_by.ts";
export { batchNorm, type BatchNormAttrs, batchStatistics } from "./batch_norm/batch_norm.ts";
export { cast } from "./cast/cast.ts";
export {
  causalConv1d,
  type CausalConv1dAttrs,
  type CausalConv1dInputs,
} from "./causal_conv1d/causal_conv1d.ts";
export { classToken } from "./class_token/class_token.ts";
export { concatenate } from "./concatenate/concatenate.ts";
export { conv1d, type Conv1dAttrs, conv1dWeight } from "./conv1d/conv1d.ts";
export { conv2d, type ConvolutionAttrs, depthwiseConv2d } from "./conv2d/conv2d.ts";
export { centerCrop, crop, type CropAttrs } from "./crop/crop.ts";
export { crossEntropy } from "./cross_entropy/cross_entropy.ts";
export { divergence } from "./divergence/divergence.ts";
export { embed } from "./embed/embed.ts";
export { entropy, type EntropyAttrs } from "./entropy/entropy.ts";
export { gatherRows, scatterRows } from "./gather_rows/gather_rows.ts";
export {
  gatherWindows,
  type GatherWindowsAttrs,
  scatterWindows,
  type ScatterWindowsAttrs,
} from "./gather_windows/gather_windows.ts";
export { grad } from "./grad.ts";
export { instanceNorm, type InstanceNormAttrs } from "./instance_norm/instance_norm.ts";
export { l2Normalize } from "./l2_normalize/l2_normalize.ts";
export { layerNorm, type LayerNormAttrs } from "./layer_norm/layer_norm.ts";
export { letterbox } from "./letterbox/letterbox.ts";
export { matmul, type MatmulAttrs, type MatmulInputs } from "./matmul/matmul.ts";
export { packMatrix, type PackOptions } from "./matmul/pack_matrix.ts";
export { ceilPads, maxPool, type MaxPoolAttrs } from "./max_pool/max_pool.ts";
export { mean } from "./mean/mean.ts";
export { multiply } from "./multiply/multiply.ts";
export {
  clipColors,
  normalize,
  type NormalizeAttrs,
  type PerColor,
} from "./normalize/normalize.ts";
export { padChannels } from "./pad_channels/pad_channels.ts";
export { patchEmbed } from "./patch_embed/patch_embed.ts";
export { patches } from "./patches/patches.ts";
export { leakyRelu, prelu } from "./prelu/prelu.ts";
export { type Filter, resize, type ResizeAttrs } from "./resize/resize.ts";
export { scale } from "./scale/scale.ts";
export { sgd, type SgdAttrs, type SgdInputs } from "./sgd/sgd.ts";
export { sigmoid } from "./sigmoid/sigmoid.ts";
export { slice, type SliceAttrs } from "./slice/slice.ts";
export { softmax } from "./softmax/softmax.ts";
export { repeat, type RepeatAttrs } from "./repeat/repeat.ts";
export { sumRows } from "./sum_rows/sum_rows.ts";
export { transpose } from "./transpose/transpose.ts";
export { unfold, type UnfoldAttrs } from "./unfold/unfold.ts";
