import { Rng } from "../engine/mod.ts";
import {
  type HeadParameters,
  headShapes,
  type HeadSizes,
} from "../model/clip_au/head_parameters.ts";

/**
 * A head to start training from, initialised as PyTorch's layers are: weights and biases are uniform
 * within plus and minus one over the square root of the layer's inputs.
 */
export function initialHead(sizes: HeadSizes, seed: number): HeadParameters {
  const rng = new Rng(seed), shapes = headShapes(sizes);
  const numbers = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of shapes) {
    const [, ...inputs] = shapes.get(name.replace(/bias$/, "weight")) ?? [];
    const bound = 1 / Math.sqrt(inputs.reduce((product, size) => product * size, 1));
    const length = shape.reduce((product, size) => product * size, 1);
    numbers.set(
      name,
      Float32Array.from({ length }, () => bound * (2 * rng.uniform() - 1)),
    );
  }
  return { sizes, numbers };
}
