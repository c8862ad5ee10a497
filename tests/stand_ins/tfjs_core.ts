/**
 * Stands in for `@tensorflow/tfjs-core`: what `bench:peers` uses of it, in plain loops. It refuses what the
 * package refuses, and says which tensors were never disposed of.
 *
 * @module
 */
import { asked } from "./fault.ts";
import { countLive } from "./live.ts";
import { product } from "./plain_math.ts";

export const version_core = "4.22.0";

const backends = new Set<string>();
let chosen: string | undefined;
const tensors = countLive("tensors");

/** For the package of a backend, which makes itself known when it is imported. */
export function registerBackend(name: string): void {
  backends.add(name);
}

export function setBackend(name: string): Promise<boolean> {
  if (asked("without webgpu") || !backends.has(name)) return Promise.resolve(false);
  chosen = name;
  return Promise.resolve(true);
}

export function backend() {
  return { device: { adapterInfo: { description: `a stand-in's ${chosen}` } } };
}

class Tensor {
  #values: Float32Array | undefined;

  constructor(values: Float32Array, readonly shape: readonly [number, number]) {
    if (chosen === undefined) throw new Error("No backend found in registry.");
    if (values.length !== shape[0] * shape[1]) throw new Error(`${values.length} for [${shape}]`);
    this.#values = values;
    tensors.made();
  }

  get values(): Float32Array {
    if (!this.#values) throw new Error("Tensor is disposed.");
    return this.#values;
  }

  data(): Promise<Float32Array> {
    return Promise.resolve(this.values);
  }

  dispose(): void {
    if (this.#values) tensors.gone();
    this.#values = undefined;
  }
}

export function tensor2d(values: Float32Array, shape: [number, number]): Tensor {
  return new Tensor(values, shape);
}

export function matMul(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape, [rows, n] = b.shape;
  if (k !== rows) throw new Error(`inner shapes (${k}) and (${rows})`);
  const wrong = asked("wrong") ? 1 : 0;
  return new Tensor(
    Float32Array.from(product(a.values, b.values, { m, k, n }), (x) => x + wrong),
    [m, n],
  );
}

export function slice(x: Tensor, begin: [number, number], size: [number, number]): Tensor {
  const [rows, columns] = size, [, width] = x.shape;
  const at = (i: number) => (begin[0] + Math.floor(i / columns)) * width + begin[1] + i % columns;
  return new Tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => x.values[at(i)] ?? NaN),
    size,
  );
}
