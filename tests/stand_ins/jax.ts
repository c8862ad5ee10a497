/**
 * Stands in for `@jax-js/jax`: what `bench:peers` uses of it, in plain loops. Every use of an array
 * consumes it, as there: one that was consumed can't be used again, and those that are left are told.
 *
 * @module
 */
import { asked } from "./fault.ts";
import { countLive } from "./live.ts";
import { product } from "./plain_math.ts";

const arrays = countLive("arrays");
let begun = false;

export function init(device: string): Promise<readonly string[]> {
  begun = !asked("without webgpu");
  return Promise.resolve(begun ? ["cpu", "wasm", device] : ["cpu", "wasm"]);
}

export function getWebGPUDevice() {
  return { adapterInfo: { description: "a stand-in" } };
}

class LazyArray {
  #uses = 1;
  #compute: (() => Float32Array) | undefined;
  #values: Float32Array | undefined;

  constructor(readonly shape: readonly [number, number], compute: () => Float32Array) {
    if (!begun) throw new Error("Backend not initialized");
    this.#compute = compute;
    arrays.made();
  }

  get ref(): LazyArray {
    this.#alive();
    this.#uses++;
    return this;
  }

  /** Its numbers, which are computed when somebody wants them. */
  realize(): Float32Array {
    this.#alive();
    this.#values ??= this.#compute?.() ?? new Float32Array();
    return this.#values;
  }

  data(): Promise<Float32Array> {
    const values = this.realize();
    this.dispose();
    return Promise.resolve(values);
  }

  dispose(): void {
    this.#alive();
    if (--this.#uses === 0) arrays.gone();
  }

  #alive(): void {
    if (this.#uses <= 0) throw new ReferenceError("Referenced array has been disposed of");
  }
}

export const numpy = {
  array(
    values: Float32Array,
    { shape, device }: { shape: [number, number]; device: string },
  ): LazyArray {
    if (device !== "webgpu") throw new Error(`no device ${device}`);
    if (values.length !== shape[0] * shape[1]) throw new Error(`${values.length} for [${shape}]`);
    return new LazyArray(shape, () => values);
  },
  matmul(a: LazyArray, b: LazyArray): LazyArray {
    const [m, k] = a.shape, [, n] = b.shape;
    const [left, right] = [a.realize(), b.realize()], wrong = asked("wrong") ? 1 : 0;
    a.dispose();
    b.dispose();
    return new LazyArray(
      [m, n],
      () => Float32Array.from(product(left, right, { m, k, n }), (x) => x + wrong),
    );
  },
};

export function blockUntilReady(some: readonly LazyArray[]): Promise<readonly LazyArray[]> {
  for (const array of some) array.realize();
  return Promise.resolve(some);
}
