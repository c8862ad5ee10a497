/** A vector. Sums over it are computed in float64, whatever it is stored as. */
export type Vector = Float32Array | Float64Array;

/** The dot product: for vectors of unit length, their cosine. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** A vector at unit length; zeros stay zeros. */
export function unit(a: Vector): Float64Array<ArrayBuffer> {
  const length = Math.sqrt(dot(a, a)) || 1, result = new Float64Array(a.length);
  for (let d = 0; d < a.length; d++) result[d] = (a[d] as number) / length;
  return result;
}

/** How many frames a clip's features `[T, width]` have. */
export function framesOf(clip: Float32Array, width: number): number {
  const frames = clip.length / width;
  if (Number.isInteger(frames) && frames > 0) return frames;
  throw new TypeError(
    `Cannot use a clip of ${clip.length} numbers: wanted ${width} for each frame, and a frame at least`,
  );
}

/** Numbers one after the other: of clips of one length, a batch. */
export function joined(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The rows of a matrix `[N, width]`, each at unit length. */
export function unitRows(matrix: Float32Array, width: number): Float64Array<ArrayBuffer>[] {
  return Array.from(
    { length: framesOf(matrix, width) },
    (_, row) => unit(matrix.subarray(row * width, (row + 1) * width)),
  );
}

/** The sum of weighted vectors, `[D]`; zeros where there are none. */
export function weightedSum(
  width: number,
  vectors: readonly Vector[],
  weights: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const sum = new Float64Array(width);
  for (const [i, vector] of vectors.entries()) {
    const weight = weights[i] as number;
    for (let d = 0; d < width; d++) sum[d] = (sum[d] as number) + weight * (vector[d] as number);
  }
  return sum;
}

/** The mean of one vector or more. */
export function meanOf(vectors: readonly Vector[]): Float64Array<ArrayBuffer> {
  const width = vectors[0]?.length ?? 0;
  return weightedSum(width, vectors, new Float64Array(vectors.length).fill(1 / vectors.length));
}

/** The mean of a matrix's rows at unit length, at unit length itself: a clip as one vector. */
export function meanDirection(matrix: Float32Array, width: number): Float64Array<ArrayBuffer> {
  return unit(meanOf(unitRows(matrix, width)));
}

/** The squared Euclidean distance. */
export function squaredDistance(a: Vector, b: Vector): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += ((a[d] as number) - (b[d] as number)) ** 2;
  return sum;
}

/** The mean of numbers; NaN of none. */
export function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** The median; of an even count, the larger of the two in the middle. */
export function medianOf(numbers: ArrayLike<number>): number {
  return Float64Array.from(numbers).sort()[numbers.length >> 1] ?? NaN;
}

/** The index of the largest number, the first of equal ones (argmax). */
export function largestAt(numbers: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < numbers.length; i++) {
    if ((numbers[i] as number) > (numbers[at] as number)) at = i;
  }
  return at;
}

/** The indices of the largest numbers, largest first; of equal ones the first. */
export function largestPlaces(x: readonly number[], count: number): number[] {
  return x.map((_, i) => i).sort((a, b) => (x[b] as number) - (x[a] as number)).slice(0, count);
}

/** `softmax(sharpness x)`. */
export function softmax(x: ArrayLike<number>, sharpness = 1): number[] {
  const numbers = Array.from(x), most = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = numbers.map((value) => Math.exp(sharpness * (value - most)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The entropy of probabilities, in nats. */
export function entropyOf(probabilities: ArrayLike<number>): number {
  return Array.from(probabilities).reduce((sum, p) => p > 0 ? sum - p * Math.log(p) : sum, 0);
}
