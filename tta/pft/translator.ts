import type { Rng } from "../../numbers/rng.ts";

/** The parameters of a translator. Gradients have the same shape. */
export interface TranslatorWeights {
  /** `[hidden, width]`. */
  readonly firstWeight: Float64Array<ArrayBuffer>;
  /** `[hidden]`. */
  readonly firstBias: Float64Array<ArrayBuffer>;
  /** `[width, hidden]`. */
  readonly secondWeight: Float64Array<ArrayBuffer>;
  /** `[width]`. */
  readonly secondBias: Float64Array<ArrayBuffer>;
}

/** What a translator makes of features, and what its gradients need. */
export interface Translated {
  /** `[N, width]`. */
  readonly features: Float64Array<ArrayBuffer>;
  /** After the activation, `[N, hidden]`. */
  readonly hidden: Float64Array<ArrayBuffer>;
}

/** A translator that leaves features as they are, until it learns: its second layer is zero. */
export function newTranslator(width: number, hidden: number, rng: Rng): TranslatorWeights {
  const most = 1 / Math.sqrt(width), draw = () => most * (2 * rng.uniform() - 1);
  return {
    firstWeight: Float64Array.from({ length: hidden * width }, draw),
    firstBias: Float64Array.from({ length: hidden }, draw),
    secondWeight: new Float64Array(width * hidden),
    secondBias: new Float64Array(width),
  };
}

/** The parameters in the order in which the optimizer sees them. */
export function parametersOf(weights: TranslatorWeights): Float64Array<ArrayBuffer>[] {
  return [weights.firstWeight, weights.firstBias, weights.secondWeight, weights.secondBias];
}

/** Weights that no later step changes. */
export function copyWeights(weights: TranslatorWeights): TranslatorWeights {
  return {
    firstWeight: weights.firstWeight.slice(),
    firstBias: weights.firstBias.slice(),
    secondWeight: weights.secondWeight.slice(),
    secondBias: weights.secondBias.slice(),
  };
}

/** Features `[N, width]` plus the scaled answer of two layers with a ReLU between them. */
export function translate(
  weights: TranslatorWeights,
  features: Float64Array,
  scale = 1,
): Translated {
  const { firstWeight, firstBias, secondWeight, secondBias } = weights;
  const width = secondBias.length, inner = firstBias.length, count = features.length / width;
  const hidden = new Float64Array(count * inner), translated = Float64Array.from(features);
  for (let n = 0; n < count; n++) {
    for (let h = 0; h < inner; h++) {
      let sum = firstBias[h] as number;
      for (let d = 0; d < width; d++) {
        sum += (firstWeight[h * width + d] as number) * (features[n * width + d] as number);
      }
      hidden[n * inner + h] = sum < 0 ? 0 : sum;
    }
    for (let d = 0; d < width; d++) {
      let sum = secondBias[d] as number;
      for (let h = 0; h < inner; h++) {
        sum += (secondWeight[d * inner + h] as number) * (hidden[n * inner + h] as number);
      }
      translated[n * width + d] = (translated[n * width + d] as number) + scale * sum;
    }
  }
  return { features: translated, hidden };
}

/** The gradients of the weights, from those by the translated features. */
export function weightGradients(
  weights: TranslatorWeights,
  features: Float64Array,
  hidden: Float64Array,
  byTranslated: Float64Array,
): TranslatorWeights {
  const width = weights.secondBias.length, inner = weights.firstBias.length;
  const gradients: TranslatorWeights = {
    firstWeight: new Float64Array(inner * width),
    firstBias: new Float64Array(inner),
    secondWeight: new Float64Array(width * inner),
    secondBias: new Float64Array(width),
  };
  for (let n = 0; n < features.length / width; n++) {
    const input = features.subarray(n * width, (n + 1) * width);
    const active = hidden.subarray(n * inner, (n + 1) * inner);
    const by = byTranslated.subarray(n * width, (n + 1) * width);
    const byHidden = new Float64Array(inner);
    for (let d = 0; d < width; d++) {
      const slope = by[d] as number, row = d * inner;
      addTo(gradients.secondBias, d, slope);
      for (let h = 0; h < inner; h++) {
        addTo(gradients.secondWeight, row + h, slope * (active[h] as number));
        addTo(byHidden, h, slope * (weights.secondWeight[row + h] as number));
      }
    }
    for (let h = 0; h < inner; h++) {
      if (!((active[h] as number) > 0)) continue;
      const slope = byHidden[h] as number;
      addTo(gradients.firstBias, h, slope);
      for (let d = 0; d < width; d++) {
        addTo(gradients.firstWeight, h * width + d, slope * (input[d] as number));
      }
    }
  }
  return gradients;
}

function addTo(sums: Float64Array, at: number, term: number): void {
  sums[at] = (sums[at] as number) + term;
}
