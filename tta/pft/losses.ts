import { softmax } from "../../numbers/vectors.ts";

/** A loss and its gradient by the logits or features that it judges. */
export interface Loss {
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** Softmax of each row of logits `[N, classes]`. */
export function probabilities(logits: Float64Array, classes: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(logits.length);
  for (let at = 0; at < result.length; at += classes) {
    result.set(softmax(logits.subarray(at, at + classes)), at);
  }
  return result;
}

/** The mean cross-entropy of logits `[N, classes]` with a label for each row. */
export function crossEntropy(
  logits: Float64Array,
  labels: ArrayLike<number>,
  classes: number,
): Loss {
  const count = labels.length, gradient = probabilities(logits, classes);
  let value = 0;
  for (let n = 0; n < count; n++) {
    const row = logits.subarray(n * classes, (n + 1) * classes), most = Math.max(...row);
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - most);
    const label = labels[n] as number;
    value += (most + Math.log(sum) - (row[label] as number)) / count;
    gradient[n * classes + label] = (gradient[n * classes + label] as number) - 1;
  }
  return { value, gradient: gradient.map((slope) => slope / count) };
}

/** The mean squared distance of logits from those of the frozen model, over all numbers. */
export function consistency(logits: Float64Array, frozen: Float64Array): Loss {
  const gradient = new Float64Array(logits.length);
  let value = 0;
  for (const [i, logit] of logits.entries()) {
    const apart = logit - (frozen[i] as number);
    value += apart ** 2 / logits.length;
    gradient[i] = 2 * apart / logits.length;
  }
  return { value, gradient };
}

/** The mean and the unbiased variance of each dimension over the rows of `[N, width]`. */
export function batchMoments(
  features: Float64Array,
  width: number,
): { readonly mean: Float64Array<ArrayBuffer>; readonly variance: Float64Array<ArrayBuffer> } {
  const count = features.length / width;
  const mean = new Float64Array(width), variance = new Float64Array(width);
  for (const [i, x] of features.entries()) {
    mean[i % width] = (mean[i % width] as number) + x / count;
  }
  for (const [i, x] of features.entries()) {
    variance[i % width] = (variance[i % width] as number) +
      (x - (mean[i % width] as number)) ** 2 / (count - 1);
  }
  return { mean, variance };
}

/**
 * How far features `[N, width]` are from a donor's in the mean and the variance of each dimension over
 * the batch. The donor, whose rows may be more or fewer, gets no gradient.
 */
export function batchStyle(features: Float64Array, donor: Float64Array, width: number): Loss {
  const count = features.length / width;
  const own = batchMoments(features, width), wanted = batchMoments(donor, width);
  const means = own.mean.map((mean, d) => mean - (wanted.mean[d] as number));
  const variances = own.variance.map((variance, d) => variance - (wanted.variance[d] as number));
  let value = 0;
  for (const apart of [...means, ...variances]) value += apart ** 2 / width;
  const gradient = Float64Array.from(features, (x, i) => {
    const d = i % width;
    return 2 * (means[d] as number) / (width * count) +
      4 * (variances[d] as number) * (x - (own.mean[d] as number)) / (width * (count - 1));
  });
  return { value, gradient };
}
