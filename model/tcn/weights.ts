import type { Recorder, Tensor } from "../../engine/mod.ts";
import { matmul } from "../../kernels/mod.ts";

/** Weights on the device, by the authors' names. */
export type NamedWeights = ReadonlyMap<string, Tensor>;

/** A weight that a network cannot do without. */
export function weightOf(weights: NamedWeights, name: string): Tensor {
  const found = weights.get(name);
  if (found) return found;
  throw new TypeError(`Cannot record the network: there is no weight "${name}"`);
}

/** A linear layer by its name, of every frame. */
export function linear(r: Recorder, w: NamedWeights, name: string, x: Tensor): Tensor {
  return matmul(r, x, weightOf(w, `${name}.weight`), { bias: weightOf(w, `${name}.bias`) });
}
