/** An embedding. What is computed here is of float64: caches are tiny, and decisions lie close. */
export type Vector = Float32Array | Float64Array;

/** The scalar product of two vectors: the cosine of those of unit length. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** A vector at unit length; one of zeros stays as it is. */
export function unit(a: Vector): Float64Array {
  const length = Math.sqrt(dot(a, a)) || 1, result = new Float64Array(a.length);
  for (let d = 0; d < a.length; d++) result[d] = (a[d] as number) / length;
  return result;
}

/** The sum of weighted vectors, `[D]`; zeros where there are none. */
export function weightedSum(
  width: number,
  vectors: readonly Vector[],
  weights: ArrayLike<number>,
): Float64Array {
  const sum = new Float64Array(width);
  for (const [i, vector] of vectors.entries()) {
    const weight = weights[i] as number;
    for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + weight * (vector[d] as number);
  }
  return sum;
}

/** The mean of one vector or more. */
export function meanOf(vectors: readonly Vector[]): Float64Array {
  const width = vectors[0]?.length ?? 0;
  return weightedSum(width, vectors, new Float64Array(vectors.length).fill(1 / vectors.length));
}

/** `softmax(sharpness x)`. */
export function softmax(x: readonly number[], sharpness = 1): number[] {
  const most = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = x.map((value) => Math.exp(sharpness * (value - most)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The entropy of probabilities, in nats. */
export function entropyOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0);
}

/** The places of the largest numbers, largest first; of equal ones the first. */
export function largestPlaces(x: readonly number[], count: number): number[] {
  return x.map((_, i) => i).sort((a, b) => (x[b] as number) - (x[a] as number)).slice(0, count);
}

/** The place of the largest number, the first of equal ones. */
export function largestPlace(x: readonly number[]): number {
  return x.reduce((best, value, i) => value > (x[best] as number) ? i : best, 0);
}
