/** `c[m,n] = a[m,k] b[k,n]`, in float64. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  { m, k, n }: { readonly m: number; readonly k: number; readonly n: number },
): Float64Array<ArrayBuffer> {
  const c = new Float64Array(m * n);
  for (let row = 0; row < m; row++) {
    const sums = c.subarray(row * n, (row + 1) * n);
    for (let i = 0; i < k; i++) {
      const x = a[row * k + i] as number, from = i * n;
      for (let column = 0; column < n; column++) {
        (sums[column] as number) += x * (b[from + column] as number);
      }
    }
  }
  return c;
}

/** Rows of `width` numbers, each replaced by what a function makes of it. */
export function byRow(
  x: Float64Array<ArrayBuffer>,
  width: number,
  change: (row: Float64Array<ArrayBuffer>) => Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const y = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += width) y.set(change(x.subarray(at, at + width)), at);
  return y;
}

export function softmax(row: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const most = Math.max(...row), parts = row.map((x) => Math.exp(x - most));
  const sum = parts.reduce((total, x) => total + x, 0);
  return parts.map((x) => x / sum);
}

/** Rows of mean 0 and deviation 1, scaled and shifted. */
export function layerNorm(
  x: Float64Array<ArrayBuffer>,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
  epsilon = 1e-5,
): Float64Array<ArrayBuffer> {
  return byRow(x, scale.length, (row) => {
    const mean = row.reduce((sum, v) => sum + v, 0) / row.length;
    const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length;
    const factor = 1 / Math.sqrt(variance + epsilon);
    return row.map((v, i) => (v - mean) * factor * (scale[i] ?? NaN) + (shift[i] ?? NaN));
  });
}
