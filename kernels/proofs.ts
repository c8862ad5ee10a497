/**
 * Every kernel with its proof: cases, refusals and float64 reference. Tests, benchmarks, `check` and
 * `compare()` walk this list; models never load it.
 *
 * @module
 */
import { activationKernel } from "./activation/cases.ts";
import { activationGradientKernel } from "./activation_gradient/cases.ts";
import { adamwKernel } from "./adamw/cases.ts";
import { addKernel } from "./add/cases.ts";
import { argminKernel } from "./argmin/cases.ts";
import { attentionKernel } from "./attention/cases.ts";
import { attentionGradientKernel } from "./attention_gradient/cases.ts";
import { castKernel } from "./cast/cases.ts";
import { classTokenKernel } from "./class_token/cases.ts";
import { conv1dKernel } from "./conv1d/cases.ts";
import { conv2dKernel } from "./conv2d/cases.ts";
import { cropKernel } from "./crop/cases.ts";
import { crossEntropyGradientKernel, crossEntropyKernel } from "./cross_entropy/cases.ts";
import { depthwiseConv2dKernel } from "./depthwise_conv2d/cases.ts";
import { divergenceGradientKernel, divergenceKernel } from "./divergence/cases.ts";
import { embedKernel } from "./embed/cases.ts";
import { entropyGradientKernel, entropyKernel } from "./entropy/cases.ts";
import { gatherRowsKernel, scatterRowsKernel } from "./gather_rows/cases.ts";
import type { AnyKernel } from "./kernel.ts";
import { l2NormalizeGradientKernel, l2NormalizeKernel } from "./l2_normalize/cases.ts";
import { layerNormGradientKernel, layerNormKernel } from "./layer_norm/cases.ts";
import { letterboxKernel } from "./letterbox/cases.ts";
import { matmulKernel } from "./matmul/cases.ts";
import { maxPoolKernel } from "./max_pool/cases.ts";
import { meanKernel } from "./mean/cases.ts";
import { normalizeKernel } from "./normalize/cases.ts";
import { padChannelsKernel } from "./pad_channels/cases.ts";
import { patchEmbedKernel } from "./patch_embed/cases.ts";
import { patchesKernel } from "./patches/cases.ts";
import { preluKernel } from "./prelu/cases.ts";
import { repeatKernel } from "./repeat/cases.ts";
import { resizeKernel } from "./resize/cases.ts";
import { scaleKernel } from "./scale/cases.ts";
import { softmaxGradientKernel, softmaxKernel } from "./softmax/cases.ts";
import { sumRowsKernel } from "./sum_rows/cases.ts";
import { transposeKernel } from "./transpose/cases.ts";
import { unfoldKernel } from "./unfold/cases.ts";

/** All kernels. */
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
  repeatKernel,
  sumRowsKernel,
  transposeKernel,
  unfoldKernel,
];
