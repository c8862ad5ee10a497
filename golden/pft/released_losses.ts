import { batchMoments, batchStyle, type Loss, probabilities } from "../../tta/pft/losses.ts";

/** Losses of PFT's release that this project doesn't train with. They tell what the release computes. */

/** A loss of two arguments, and the gradients by both. */
export interface PairLoss {
  readonly value: number;
  readonly byFirst: Float64Array;
  readonly bySecond: Float64Array;
}

/** Gram matrices `[N, C, C]` of maps `[N, C, size]`, over the count of numbers in a map. */
export function gramMatrices(maps: Float64Array, channels: number, size: number): Float64Array {
  const count = maps.length / (channels * size);
  const grams = new Float64Array(count * channels * channels);
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < channels; i++) {
      const a = maps.subarray((n * channels + i) * size, (n * channels + i + 1) * size);
      for (let j = 0; j < channels; j++) {
        const start = (n * channels + j) * size;
        let sum = 0;
        for (let p = 0; p < size; p++) sum += (a[p] as number) * (maps[start + p] as number);
        grams[(n * channels + i) * channels + j] = sum / (channels * size);
      }
    }
  }
  return grams;
}

/** The mean squared distance of the Gram matrices of one layer. */
export function gramStyle(
  first: Float64Array,
  second: Float64Array,
  channels: number,
  size: number,
): PairLoss {
  const grams = gramMatrices(second, channels, size);
  const apart = gramMatrices(first, channels, size).map((g, i) => g - (grams[i] as number));
  const by = (maps: Float64Array, sign: number) =>
    Float64Array.from(maps, (_, at) => {
      const place = at % size, row = Math.floor(at / size), n = Math.floor(row / channels);
      let sum = 0;
      for (let j = 0; j < channels; j++) {
        sum += (apart[row * channels + j] as number) *
          (maps[(n * channels + j) * size + place] as number);
      }
      return sign * 4 * sum / (apart.length * channels * size);
    });
  return {
    value: apart.reduce((sum, x) => sum + x ** 2, 0) / apart.length,
    byFirst: by(first, 1),
    bySecond: by(second, -1),
  };
}

/** The distance in the mean and variance of each row of `[N, size]`. */
export function rowStyle(first: Float64Array, second: Float64Array, size: number): PairLoss {
  const [a, b] = [transposed(first, size), transposed(second, size)], rows = first.length / size;
  const { value, byFirst, bySecond } = pairStyle(a, b, rows);
  return {
    value,
    byFirst: transposed(byFirst, rows),
    bySecond: transposed(bySecond, rows),
  };
}

/** The style loss of latent PFT by both arguments. */
export function pairStyle(first: Float64Array, second: Float64Array, width: number): PairLoss {
  const { value, gradient } = batchStyle(first, second, width);
  return { value, byFirst: gradient, bySecond: batchStyle(second, first, width).gradient };
}

/** The distance in the mean and standard deviation of each dimension over the batch. */
export function momentLoss(first: Float64Array, second: Float64Array, width: number): PairLoss {
  const a = batchMoments(first, width), b = batchMoments(second, width);
  let value = 0;
  for (let d = 0; d < width; d++) {
    const [x, y] = [a.variance[d] as number, b.variance[d] as number];
    value += ((a.mean[d] as number) - (b.mean[d] as number)) ** 2 / width;
    value += (Math.sqrt(x) - Math.sqrt(y)) ** 2 / width;
  }
  const by = (features: Float64Array, own: typeof a, other: typeof a) => {
    const count = features.length / width;
    return Float64Array.from(features, (x, i) => {
      const d = i % width, mean = own.mean[d] as number;
      const spread = Math.sqrt(own.variance[d] as number);
      const apart = spread - Math.sqrt(other.variance[d] as number);
      return 2 * (mean - (other.mean[d] as number)) / (width * count) +
        2 * apart * (x - mean) / (width * (count - 1) * spread);
    });
  };
  return { value, byFirst: by(first, a, b), bySecond: by(second, b, a) };
}

/** The released "KL", which takes raw logits for the probabilities of the second argument. */
export function releasedDivergence(
  first: Float64Array,
  second: Float64Array,
  classes: number,
): PairLoss {
  const rows = first.length / classes, shares = probabilities(first, classes);
  const logs = shares.map(Math.log);
  let value = 0;
  for (const [i, x] of second.entries()) {
    value += (x * Math.log(x) - x * (logs[i] as number)) / rows;
  }
  const sums = new Float64Array(rows);
  for (const [i, x] of second.entries()) {
    const row = Math.floor(i / classes);
    sums[row] = (sums[row] as number) + x;
  }
  return {
    value,
    byFirst: shares.map((share, i) =>
      (share * (sums[Math.floor(i / classes)] as number) - (second[i] as number)) / rows
    ),
    bySecond: second.map((x, i) => (Math.log(x) + 1 - (logs[i] as number)) / rows),
  };
}

/** The soft cross-entropy with a frozen teacher's probabilities, and their divergence. */
export function softTargets(
  teacher: Float64Array,
  logits: Float64Array,
  classes: number,
): { readonly crossEntropy: Loss; readonly divergence: Loss } {
  const rows = logits.length / classes;
  const wanted = probabilities(teacher, classes), shares = probabilities(logits, classes);
  const gradient = shares.map((share, i) => (share - (wanted[i] as number)) / rows);
  let cross = 0, own = 0;
  for (const [i, share] of wanted.entries()) {
    cross -= share * Math.log(shares[i] as number) / rows;
    own -= share * Math.log(share) / rows;
  }
  return {
    crossEntropy: { value: cross, gradient },
    divergence: { value: cross - own, gradient },
  };
}

function transposed(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  return Float64Array.from(
    matrix,
    (_, i) => matrix[(i % rows) * width + Math.floor(i / rows)] as number,
  );
}
