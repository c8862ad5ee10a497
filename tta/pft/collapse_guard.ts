import { largestAt } from "../../numbers/vectors.ts";
import type { FrozenClassifier } from "./frozen_classifier.ts";
import { probabilities } from "./losses.ts";
import { neutral } from "./stages.ts";
import { translate, type TranslatorWeights } from "./translator.ts";

/** Features of the sources whose classes are known. */
export interface Probes {
  /** `[N, width]`, standardised. */
  readonly features: Float64Array;
  /** Their classes, `[N]`. */
  readonly labels: ArrayLike<number>;
}

/** How well the probes' classes survive a translator at one scale of its answer. */
export interface Survival {
  readonly scale: number;
  /** The share of probes that are not neutral and not called neutral. */
  readonly expressive: number;
  /** The mean probability of anything but neutral on these. */
  readonly confidence: number;
  /** The share of all probes that are called what they are. */
  readonly accuracy: number;
}

/** The scales that are tried; at 0 the model is that of the sources. */
export const guardScales = [1, 0.5, 0.25, 0] as const;

/** Measures the probes at each scale. */
export function measureSurvival(
  classifier: FrozenClassifier,
  weights: TranslatorWeights,
  { features, labels }: Probes,
): Survival[] {
  const { classes } = classifier, count = labels.length;
  if (!Array.from(labels).some((label) => label !== neutral)) {
    throw new TypeError(
      `Cannot guard against collapse with ${count} probes: one at least must not be neutral`,
    );
  }
  return guardScales.map((scale) => {
    const logits = classifier.logits(translate(weights, features, scale).features);
    const shares = probabilities(logits, classes);
    let others = 0, expressive = 0, confidence = 0, right = 0;
    for (let n = 0; n < count; n++) {
      const called = largestAt(logits.subarray(n * classes, (n + 1) * classes));
      if (called === labels[n]) right++;
      if (labels[n] === neutral) continue;
      others++;
      if (called !== neutral) expressive++;
      confidence += 1 - (shares[n * classes + neutral] as number);
    }
    return {
      scale,
      expressive: expressive / others,
      confidence: confidence / others,
      accuracy: right / count,
    };
  });
}

/**
 * The largest scale at which four fifths of what the sources' model tells from neutral are still told.
 * 0 means that the person is not adapted to.
 */
export function acceptedScale(measured: readonly Survival[]): number {
  const source = measured.find(({ scale }) => scale === 0);
  const accepted = measured.find(({ expressive, confidence }) =>
    source && expressive >= 0.8 * source.expressive && confidence >= 0.8 * source.confidence
  );
  return accepted?.scale ?? 0;
}
