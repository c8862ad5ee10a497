/** What a classifier of PFT stores: a bottleneck with batch normalization, then weight-normalized rows. */
export interface ClassifierWeights {
  /** `[inner, width]`. */
  readonly bottleneckWeight: Float64Array;
  /** `[inner]`. */
  readonly bottleneckBias: Float64Array;
  /** The normalization's scale, `[inner]`. */
  readonly normWeight: Float64Array;
  /** Its shift, `[inner]`. */
  readonly normBias: Float64Array;
  /** The mean that it subtracts, `[inner]`. */
  readonly runningMean: Float64Array;
  /** The variance that it divides by, `[inner]`. */
  readonly runningVariance: Float64Array;
  /** `[classes]`. */
  readonly classBias: Float64Array;
  /** The lengths of the rows of the class matrix, `[classes]`. */
  readonly classLengths: Float64Array;
  /** Their directions, of any length, `[classes, inner]`. */
  readonly classDirections: Float64Array;
}

/**
 * The classifier behind the translator. It is frozen, and normalizes by running statistics, so all of
 * it is one linear map, which is computed once.
 */
export class FrozenClassifier {
  readonly classes: number;
  readonly width: number;
  /** `[classes, width]`. */
  readonly matrix: Float64Array;
  readonly bias: Float64Array;

  constructor(weights: ClassifierWeights) {
    const inner = weights.bottleneckBias.length, classes = weights.classBias.length;
    const width = weights.bottleneckWeight.length / inner;
    this.classes = classes;
    this.width = width;
    this.matrix = new Float64Array(classes * width);
    this.bias = Float64Array.from(weights.classBias);
    const rows = classRows(weights);
    for (let j = 0; j < inner; j++) {
      const scale = (weights.normWeight[j] as number) /
        Math.sqrt((weights.runningVariance[j] as number) + 1e-5);
      const shift = (weights.normBias[j] as number) + scale *
          ((weights.bottleneckBias[j] as number) - (weights.runningMean[j] as number));
      for (let k = 0; k < classes; k++) {
        const weight = rows[k * inner + j] as number;
        this.bias[k] = (this.bias[k] as number) + weight * shift;
        for (let d = 0; d < width; d++) {
          const at = k * width + d;
          this.matrix[at] = (this.matrix[at] as number) +
            weight * scale * (weights.bottleneckWeight[j * width + d] as number);
        }
      }
    }
  }

  /** Logits `[N, classes]` of features `[N, width]`. */
  logits(features: Float64Array): Float64Array<ArrayBuffer> {
    const { classes, width } = this, count = features.length / width;
    const logits = new Float64Array(count * classes);
    for (let n = 0; n < count; n++) {
      for (let k = 0; k < classes; k++) {
        let sum = this.bias[k] as number;
        for (let d = 0; d < width; d++) {
          sum += (this.matrix[k * width + d] as number) * (features[n * width + d] as number);
        }
        logits[n * classes + k] = sum;
      }
    }
    return logits;
  }

  /** Gradients by the features `[N, width]`, from those by the logits. */
  featureGradient(byLogits: Float64Array): Float64Array<ArrayBuffer> {
    const { classes, width } = this, count = byLogits.length / classes;
    const gradient = new Float64Array(count * width);
    for (let n = 0; n < count; n++) {
      for (let k = 0; k < classes; k++) {
        const by = byLogits[n * classes + k] as number;
        for (let d = 0; d < width; d++) {
          const at = n * width + d;
          gradient[at] = (gradient[at] as number) + by * (this.matrix[k * width + d] as number);
        }
      }
    }
    return gradient;
  }
}

/** The rows of the class matrix `[classes, inner]`, each of its stored length. */
export function classRows(
  { classDirections, classLengths }: Pick<ClassifierWeights, "classDirections" | "classLengths">,
): Float64Array<ArrayBuffer> {
  const inner = classDirections.length / classLengths.length;
  const rows = Float64Array.from(classDirections);
  for (const [k, length] of classLengths.entries()) {
    const row = rows.subarray(k * inner, (k + 1) * inner);
    const scale = length / Math.hypot(...row);
    for (let j = 0; j < inner; j++) row[j] = (row[j] as number) * scale;
  }
  return rows;
}
