/**
 * All kernels. Models call the functions; tests, benchmarks and `deno task check` walk the list.
 *
 * @module
 */
import { activationKernel } from "./activation/activation.ts";
import { addKernel } from "./add/add.ts";
import { attentionKernel } from "./attention/cases.ts";
import { entropyKernel } from "./entropy/entropy.ts";
import { l2NormalizeKernel } from "./l2_normalize/l2_normalize.ts";
import { layerNormKernel } from "./layer_norm/layer_norm.ts";
import { matmulKernel } from "./matmul/cases.ts";
import { meanKernel } from "./mean/mean.ts";
import { scaleKernel } from "./scale/scale.ts";
import { softmaxKernel } from "./softmax/softmax.ts";
import type { AnyKernel } from "./kernel.ts";

export { gelu, quickGelu, relu } from "./activation/activation.ts";
export { add } from "./add/add.ts";
export { attention, selfAttention } from "./attention/attention.ts";
export { entropy } from "./entropy/entropy.ts";
export { l2Normalize } from "./l2_normalize/l2_normalize.ts";
export { layerNorm } from "./layer_norm/layer_norm.ts";
export { matmul } from "./matmul/matmul.ts";
export { mean } from "./mean/mean.ts";
export { scale } from "./scale/scale.ts";
export { softmax } from "./softmax/softmax.ts";
export { packMatrix } from "./matmul/weight.ts";

/** The kernel list. */
export const kernels: readonly AnyKernel[] = [
  activationKernel,
  addKernel,
  attentionKernel,
  entropyKernel,
  l2NormalizeKernel,
  layerNormKernel,
  matmulKernel,
  meanKernel,
  scaleKernel,
  softmaxKernel,
];
