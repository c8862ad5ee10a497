import type { Packed, Recorder, Tensor } from "../../engine/mod.ts";
import { matmul } from "../matmul/matmul.ts";
import { patches } from "../patches/patches.ts";

/**
 * The first layer of an image tower: a convolution whose stride is its size, without bias, as a
 * matmul over patches. `[B, C, H, W]` to `[B, P, D]`; `w` `[C S S, D]` is the convolution's weight
 * `[D, C, S, S]`, flattened and turned round.
 */
export function patchEmbed(
  recorder: Recorder,
  x: Tensor,
  w: Tensor | Packed,
  size: number,
): Tensor {
  return matmul(recorder, patches(recorder, x, size), w);
}
