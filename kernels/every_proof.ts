/** The proof of each kernel. Models never load it. */
export {
  absoluteDifferenceGradientKernel,
  absoluteDifferenceKernel,
} from "./absolute_difference/cases.ts";
export { activationKernel } from "./activation/cases.ts";
export { activationGradientKernel } from "./activation_gradient/cases.ts";
export { adamwKernel } from "./adamw/cases.ts";
export { addKernel } from "./add/cases.ts";
export { argminKernel } from "./argmin/cases.ts";
export { attentionKernel } from "./attention/cases.ts";
export { attentionGradientKernel } from "./attention_gradient/cases.ts";
export {
  batchNormGradientKernel,
  batchNormKernel,
  batchStatisticsKernel,
} from "./batch_norm/cases.ts";
export { castKernel } from "./cast/cases.ts";
export { causalConv1dKernel } from "./causal_conv1d/cases.ts";
export { classTokenKernel } from "./class_token/cases.ts";
export { concatenateKernel } from "./concatenate/cases.ts";
export { conv1dKernel } from "./conv1d/cases.ts";
export {
  conv2dKernel,
  depthwiseConv2dKernel,
  turnWindowKernel,
  weightGradientKernel,
} from "./conv2d/cases.ts";
export { cropKernel } from "./crop/cases.ts";
export { crossEntropyGradientKernel, crossEntropyKernel } from "./cross_entropy/cases.ts";
export { divergenceGradientKernel, divergenceKernel } from "./divergence/cases.ts";
export { embedKernel } from "./embed/cases.ts";
export { entropyGradientKernel, entropyKernel } from "./entropy/cases.ts";
export { gatherRowsKernel, scatterRowsKernel } from "./gather_rows/cases.ts";
export { gatherWindowsKernel, scatterWindowsKernel } from "./gather_windows/cases.ts";
export { instanceNormGradientKernel, instanceNormKernel } from "./instance_norm/cases.ts";
export { l2NormalizeGradientKernel, l2NormalizeKernel } from "./l2_normalize/cases.ts";
export { layerNormGradientKernel, layerNormKernel } from "./layer_norm/cases.ts";
export { letterboxKernel } from "./letterbox/cases.ts";
export { matmulKernel } from "./matmul/cases.ts";
export { maxPoolGradientKernel, maxPoolKernel } from "./max_pool/cases.ts";
export { meanKernel } from "./mean/cases.ts";
export { multiplyKernel } from "./multiply/cases.ts";
export { normalizeKernel } from "./normalize/cases.ts";
export { padChannelsKernel } from "./pad_channels/cases.ts";
export { patchEmbedKernel } from "./patch_embed/cases.ts";
export { patchesKernel } from "./patches/cases.ts";
export { preluGradientKernel, preluKernel } from "./prelu/cases.ts";
export { repeatKernel } from "./repeat/cases.ts";
export { resizeKernel } from "./resize/cases.ts";
export { scaleKernel } from "./scale/cases.ts";
export { sgdKernel } from "./sgd/cases.ts";
export { sigmoidGradientKernel, sigmoidKernel } from "./sigmoid/cases.ts";
export { sliceGradientKernel, sliceKernel } from "./slice/cases.ts";
export { softmaxGradientKernel, softmaxKernel } from "./softmax/cases.ts";
export { sumRowsKernel } from "./sum_rows/cases.ts";
export { transposeKernel } from "./transpose/cases.ts";
export { foldKernel, unfoldKernel } from "./unfold/cases.ts";
