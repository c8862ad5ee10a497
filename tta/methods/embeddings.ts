import { framesOf } from "../../model/clip_au/clip_au.ts";

/** A vector at unit length; zeros stay zeros. */
export function toUnit(vector: ArrayLike<number>): Float64Array {
  const numbers = Float64Array.from(vector), length = Math.max(Math.hypot(...numbers), 1e-12);
  return numbers.map((x) => x / length);
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
}

/** The rows of a matrix of some width, each at unit length. */
export function unitRows(matrix: Float32Array, width: number): Float64Array[] {
  return Array.from(
    { length: framesOf(matrix, width) },
    (_, row) => toUnit(matrix.subarray(row * width, (row + 1) * width)),
  );
}

/** The mean of vectors of one length. */
export function meanOf(vectors: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    for (const [i, x] of vector.entries()) mean[i] = (mean[i] ?? NaN) + x;
  }
  return mean.map((x) => x / vectors.length);
}

/** A clip as one vector: the mean of its frames at unit length, at unit length itself. */
export function embedFrames(features: Float32Array, width: number): Float64Array {
  return toUnit(meanOf(unitRows(features, width)));
}
