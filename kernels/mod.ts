/**
 * All kernels, as functions that models call. Their proofs are in `proofs.ts`.
 *
 * @module
 */
export { compare } from "./compare.ts";
export { type Activation, activations } from "./activation/activations.ts";
export type { Pads, WindowAttrs } from "./conv2d/window.ts";
export type { Filter } from "./resize/taps.ts";
export type { AdamwAttrs, AdamwInputs, AdamwStep } from "./adamw/adamw.ts";
export type { AttentionOptions } from "./attention/attention.ts";
export type { Conv1dAttrs } from "./conv1d/conv1d.ts";
export type { ConvolutionAttrs } from "./conv2d/convolution.ts";
export type { CropAttrs } from "./crop/crop.ts";
export type { EntropyAttrs } from "./entropy/entropy.ts";
export type { LayerNormAttrs } from "./layer_norm/layer_norm.ts";
export type { MatmulAttrs, MatmulInputs } from "./matmul/matmul.ts";
export type { MaxPoolAttrs } from "./max_pool/max_pool.ts";
export type { NormalizeAttrs, PerColor } from "./normalize/normalize.ts";
export type { ResizeAttrs } from "./resize/resize.ts";
export type { RepeatAttrs } from "./repeat/repeat.ts";
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
export { gatherRows, scatterRows } from "./gather_rows/gather_rows.ts";
export { grad } from "./grad.ts";
export { l2Normalize } from "./l2_normalize/l2_normalize.ts";
export { layerNorm } from "./layer_norm/layer_norm.ts";
export { letterbox } from "./letterbox/letterbox.ts";
export { matmul } from "./matmul/matmul.ts";
export { packMatrix, type PackOptions } from "./matmul/pack_matrix.ts";
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
export { repeat } from "./repeat/repeat.ts";
export { sumRows } from "./sum_rows/sum_rows.ts";
export { transpose } from "./transpose/transpose.ts";
export { unfold } from "./unfold/unfold.ts";
