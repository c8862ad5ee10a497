import { Rng } from "../../numbers/rng.ts";

/** The sizes of a product: `c[m,n] = a[m,k] b[k,n]`. */
export interface Shape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** The operands of a product, row by row. */
export interface Operands {
  readonly shape: Shape;
  readonly a: Float32Array<ArrayBuffer>;
  readonly b: Float32Array<ArrayBuffer>;
}

/** Numbers in [-1, 1), the same for every peer. */
export function randomOperands(shape: Shape): Operands {
  const rng = new Rng(1);
  const matrix = (size: number) => new Float32Array(size).map(() => 2 * rng.uniform() - 1);
  return { shape, a: matrix(shape.m * shape.k), b: matrix(shape.k * shape.n) };
}

/**
 * The largest absolute error of some elements of a product against their float64 dot products; NaN
 * if one of them is.
 */
export function sampleError({ shape: { m, k, n }, a, b }: Operands, product: Float32Array): number {
  if (product.length !== m * n) {
    throw new RangeError(
      `Cannot check a product: got ${product.length} elements, wanted ${m} x ${n} = ${m * n}; ` +
        `look for padding or a missing dimension in what the peer returns`,
    );
  }
  const samples = 512, rng = new Rng(2);
  let error = 0;
  for (let s = 0; s < samples; s++) {
    // Both last ones too: that is where a tile which hangs over the edge goes wrong.
    const row = s === 0 ? m - 1 : rng.integer(0, m - 1);
    const column = s === 0 ? n - 1 : rng.integer(0, n - 1);
    let sum = 0;
    for (let i = 0; i < k; i++) sum += (a[row * k + i] ?? NaN) * (b[i * n + column] ?? NaN);
    error = Math.max(error, Math.abs(sum - (product[row * n + column] ?? NaN)));
  }
  return error;
}

/** Somebody else's matmul, or ours: whatever the benchmark can put into its table. */
export interface Peer extends AsyncDisposable {
  readonly name: string;
  /** The library's version and what it runs on. */
  readonly version: string;
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
export interface Library extends Pick<Peer, "name" | "version"> {
  prepare(operands: Operands): Product | Promise<Product>;
  close?(): void;
}

/** Makes a peer of a library. It keeps the operands of one shape only: the last one asked for. */
export function asPeer(library: Library): Peer {
  const { name, version } = library;
  let current: { operands: Operands; product: Product } | undefined;

  const at = async (shape: Shape) => {
    const { m, k, n } = shape;
    const last = current?.operands.shape;
    if (current && last?.m === m && last.k === k && last.n === n) return current;
    current?.product[Symbol.dispose]();
    current = undefined;
    const operands = randomOperands(shape);
    return current = { operands, product: await library.prepare(operands) };
  };

  return {
    name,
    version,
    async matmul(shape, iterations) {
      const { product } = await at(shape);
      await product.run(iterations);
    },
    async check(shape) {
      const { operands, product } = await at(shape);
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
