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
