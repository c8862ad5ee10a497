/**
 * All kernels. Models call the functions; tests, benchmarks and `deno task check` walk the list.
 *
 * @module
 */
import { activationKernel } from "./activation/activation.ts";
import { addKernel } from "./add/add.ts";
import type { AnyKernel } from "./kernel.ts";
import { layerNormKernel } from "./layer_norm/layer_norm.ts";
import { matmulKernel } from "./matmul/cases.ts";

export { gelu, quickGelu, relu } from "./activation/activation.ts";
export { add } from "./add/add.ts";
export { layerNorm } from "./layer_norm/layer_norm.ts";
export { matmul } from "./matmul/matmul.ts";
export { packMatrix } from "./matmul/weight.ts";

/** The kernel list. */
export const kernels: readonly AnyKernel[] = [
  activationKernel,
  addKernel,
  layerNormKernel,
  matmulKernel,
];
