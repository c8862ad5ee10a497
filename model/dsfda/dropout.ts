import type { Recorder, Rng, Shape, Tensor } from "../../engine/mod.ts";
import type { Weights } from "./parameters.ts";

/** What a head's dropout multiplies by: the latent, and the first layer's result. */
export type DropoutMasks = readonly [latent: Tensor, first: Tensor];

/** Records the masks of a head's call as inputs, `mask.2n` and `mask.2n+1` of the n-th call of a step. */
export function recordMasks(
  r: Recorder,
  weights: Weights,
  head: string,
  { call, batch, low }: { readonly call: number; readonly batch: number; readonly low: number },
): DropoutMasks {
  const [inputs = 0, width = 0] = weights.get(`${head}.fc1.weight`)?.shape ?? [];
  const latent: Shape = [batch, low, low, inputs / low ** 2];
  return [
    r.input(`mask.${2 * call}`, latent),
    r.input(`mask.${2 * call + 1}`, [batch, 1, 1, width]),
  ];
}

/** Draws a mask: a share of the numbers is dropped, and the others make up for it. */
export function drawMask(length: number, share: number, rng: Rng): Float32Array<ArrayBuffer> {
  const kept = 1 / (1 - share);
  return Float32Array.from({ length }, () => rng.uniform() < share ? 0 : kept);
}
