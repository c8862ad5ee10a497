/** The lower triangle L of a symmetric positive definite matrix `[n, n]`, with L L' = the matrix. */
export function cholesky(matrix: Float64Array): Float64Array<ArrayBuffer> {
  const size = Math.sqrt(matrix.length), factor = new Float64Array(matrix.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0; k < j; k++) {
        sum -= (factor[i * size + k] as number) * (factor[j * size + k] as number);
      }
      factor[i * size + j] = i === j ? Math.sqrt(sum) : sum / (factor[j * size + j] as number);
    }
  }
  return factor;
}

/** Solves `matrix x = right` for a symmetric positive definite matrix. */
export function solveSymmetric(
  matrix: Float64Array,
  right: Float64Array,
): Float64Array<ArrayBuffer> {
  const size = right.length, factor = cholesky(matrix), x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) {
      x[i] = (x[i] ?? NaN) - (factor[i * size + k] ?? NaN) * (x[k] ?? NaN);
    }
    x[i] = (x[i] ?? NaN) / (factor[i * size + i] ?? NaN);
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) {
      x[i] = (x[i] ?? NaN) - (factor[k * size + i] ?? NaN) * (x[k] ?? NaN);
    }
    x[i] = (x[i] ?? NaN) / (factor[i * size + i] ?? NaN);
  }
  return x;
}
