import { type Operands, randomOperands, sampleError, type Shape } from "./operands.ts";

/** Somebody else's matmul, or ours: whatever the benchmark can put into its table. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  /** The library's version and what it runs on. */
  readonly version: string;
  readonly device: "cpu" | "webgpu";
  /**
   * Computes the product of the shape's operands that many times and waits until all are done. The
   * first call with a shape also makes the operands and compiles: call `check` before timing.
   */
  matmul(shape: Shape, iterations: number): Promise<void>;
  /** The largest absolute error of a sample of the product's elements against float64. */
  check(shape: Shape): Promise<number>;
}

/** One shape's operands, where the library wants them. */
export interface Product extends Disposable {
  /** Computes the product that many times and waits until all are done. */
  run(iterations: number): Promise<void>;
  /** Computes the product and returns it, row by row. */
  read(): Promise<Float32Array>;
}

/** What a library has to offer to become a peer. */
export interface Library {
  readonly name: string;
  readonly version: string;
  readonly device: "cpu" | "webgpu";
  prepare(operands: Operands): Product;
  close?(): void;
}

/** Makes a peer of a library. It keeps the operands of one shape only: the last one asked for. */
export function asPeer(library: Library): Peer {
  const { name, version, device } = library;
  let current: { operands: Operands; product: Product } | undefined;

  const at = (shape: Shape) => {
    const { m, k, n } = shape;
    const last = current?.operands.shape;
    if (current && last?.m === m && last.k === k && last.n === n) return current;
    current?.product[Symbol.dispose]();
    current = undefined;
    const operands = randomOperands(shape);
    return current = { operands, product: library.prepare(operands) };
  };

  return {
    name,
    version,
    device,
    // Async also so that a failure in `prepare` rejects instead of throwing.
    async matmul(shape, iterations) {
      await at(shape).product.run(iterations);
    },
    async check(shape) {
      const { operands, product } = at(shape);
      return sampleError(operands, await product.read());
    },
    // deno-lint-ignore require-await -- nothing here has to be waited for; other peers may have to.
    async [Symbol.asyncDispose]() {
      current?.product[Symbol.dispose]();
      current = undefined;
      library.close?.();
    },
  };
}
