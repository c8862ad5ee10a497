import { elements, Rng, type Shape } from "../engine/mod.ts";
import type { TensorFile } from "../io/tensors/tensor_file.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { clipShapes } from "../model/clip/tensor_shapes.ts";

/** How many different numbers there are; odd, so that no row of a matrix repeats the one before. */
const different = 2 ** 16 + 1;

/**
 * A checkpoint of any sizes with made-up numbers, scaled so that activations stay of the usual size:
 * for timings and tests that need no real weights.
 */
export function madeUpClip(config: ClipConfig, seed = 1): TensorFile {
  const shapes = clipShapes(config), rng = new Rng(seed);
  const table = Float32Array.from({ length: different }, () => rng.normal());
  return {
    name: "made-up weights",
    metadata: new Map(),
    tensors: new Map([...shapes].map(([name, shape]) => [name, { dtype: "F32", shape }])),
    read(name, rows) {
      const shape = shapes.get(name) ?? [], row = elements(shape.slice(1));
      const { first, count } = rows ?? { first: 0, count: shape[0] ?? 1 };
      const { scale, offset } = spread(name, shape);
      let at = (hash(name) + first * row) % different;
      const numbers = new Float32Array(count * row);
      for (let i = 0; i < numbers.length; i++) {
        numbers[i] = offset + scale * (table[at] as number);
        if (++at === different) at = 0;
      }
      return Promise.resolve(new Uint8Array(numbers.buffer));
    },
    [Symbol.dispose]() {},
  };
}

function spread(name: string, shape: Shape): { scale: number; offset: number } {
  if (/ln_\w+\.weight$/.test(name)) return { scale: 0.1, offset: 1 };
  if (shape.length < 2 || /embedding/.test(name)) return { scale: 0.1, offset: 0 };
  return { scale: 1 / Math.sqrt(elements(shape.slice(1))), offset: 0 };
}

function hash(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % different, 7);
}
