import type { Recorder, Shape, Tensor } from "../engine/mod.ts";
import { add, layerNorm, multiply } from "../kernels/mod.ts";

/** Layer normalisation whose scale and shift are trained: the kernel's own have no gradient. */
export function trainedLayerNorm(r: Recorder, x: Tensor, scale: Tensor, shift: Tensor): Tensor {
  const plain = layerNorm(r, x, filled(r, scale.shape, 1), filled(r, shift.shape, 0));
  return add(r, multiply(r, plain, scale), shift);
}

/** A tensor of one number. */
export function filled(r: Recorder, shape: Shape, value: number): Tensor {
  const size = shape.reduce((product, of) => product * of, 1);
  return r.constant(`${value}s`, shape, "f32", new Float32Array(size).fill(value));
}
