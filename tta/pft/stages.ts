import { Adam } from "./adam.ts";
import type { FrozenClassifier } from "./frozen_classifier.ts";
import { batchStyle, consistency, crossEntropy, type Loss } from "./losses.ts";
import {
  copyWeights,
  parametersOf,
  translate,
  type TranslatorWeights,
  weightGradients,
} from "./translator.ts";

/** The class that resting clips have. */
export const neutral = 0;

/** A batch of a source subject with labels, and features of the subject whose style it is to take. */
export interface SourceBatch {
  readonly features: Float64Array;
  readonly labels: ArrayLike<number>;
  readonly donor: Float64Array;
}

/** The parts of the source stage's loss. */
export interface SourceLoss {
  readonly crossEntropy: number;
  readonly consistency: number;
  readonly style: number;
  readonly total: number;
}

/** The parts of the target stage's loss. */
export interface TargetLoss {
  readonly consistency: number;
  readonly neutral: number;
  readonly total: number;
}

/** A loss and the gradients of the translator's weights. */
interface Graded<L> {
  readonly loss: L;
  readonly gradients: TranslatorWeights;
}

/** The loss on a pair of source subjects: the classes, the frozen logits, the donor's style. */
export function gradeSource(
  classifier: FrozenClassifier,
  weights: TranslatorWeights,
  { features, labels, donor }: SourceBatch,
  styleWeight: number,
): Graded<SourceLoss> {
  for (const [whose, of] of [["labelled", features], ["donor's", donor]] as const) {
    if (of.length >= 2 * classifier.width) continue;
    throw new TypeError(
      `Cannot compare styles: the ${whose} batch has ${of.length / classifier.width} rows, ` +
        "and a variance needs 2",
    );
  }
  const translated = translate(weights, features);
  const logits = classifier.logits(translated.features);
  const classes = crossEntropy(logits, labels, classifier.classes);
  const same = consistency(logits, classifier.logits(features));
  const style = batchStyle(translated.features, donor, classifier.width);
  const byFeatures = classifier.featureGradient(weighted(classes, 1, same, 1));
  const slope = weighted({ value: 0, gradient: byFeatures }, 1, style, styleWeight);
  return {
    loss: {
      crossEntropy: classes.value,
      consistency: same.value,
      style: style.value,
      total: classes.value + same.value + styleWeight * style.value,
    },
    gradients: weightGradients(weights, features, translated.hidden, slope),
  };
}

/** The loss on a person's resting features: the frozen logits, and a little "this is neutral". */
export function gradeTarget(
  classifier: FrozenClassifier,
  weights: TranslatorWeights,
  features: Float64Array,
  neutralWeight: number,
): Graded<TargetLoss> {
  const translated = translate(weights, features);
  const logits = classifier.logits(translated.features);
  const same = consistency(logits, classifier.logits(features));
  const labels = new Uint8Array(features.length / classifier.width).fill(neutral);
  const atRest = crossEntropy(logits, labels, classifier.classes);
  const slope = classifier.featureGradient(weighted(same, 1, atRest, neutralWeight));
  return {
    loss: {
      consistency: same.value,
      neutral: atRest.value,
      total: same.value + neutralWeight * atRest.value,
    },
    gradients: weightGradients(weights, features, translated.hidden, slope),
  };
}

/** What the target stage needs beside features. */
export interface TargetSettings {
  readonly learningRate: number;
  readonly neutralWeight: number;
  /** How many epochs may pass without a lower loss on the clips held out. */
  readonly patience: number;
}

/** The weights that did best on the clips held out, and how that went. */
export interface TargetResult {
  readonly weights: TranslatorWeights;
  /** 0 if no epoch was better than the weights from the sources. */
  readonly bestEpoch: number;
  /** The loss on the clips held out: before the first epoch, and after each. */
  readonly heldOut: readonly number[];
}

/** Adapts a translator to one person. Each epoch gives its batches of resting features. */
export function adaptToPerson(
  classifier: FrozenClassifier,
  start: TranslatorWeights,
  epochs: Iterable<Iterable<Float64Array>>,
  heldOut: Float64Array,
  { learningRate, neutralWeight, patience }: TargetSettings,
): TargetResult {
  const judge = () => gradeTarget(classifier, weights, heldOut, neutralWeight).loss.total;
  const weights = copyWeights(start), parameters = parametersOf(weights);
  const adam = new Adam(parameters, learningRate);
  let best = copyWeights(weights), bestEpoch = 0, least = judge();
  const losses = [least];
  for (const batches of epochs) {
    for (const features of batches) {
      const { gradients } = gradeTarget(classifier, weights, features, neutralWeight);
      adam.step(parameters, parametersOf(gradients));
    }
    const epoch = losses.length, loss = judge();
    losses.push(loss);
    if (loss < least) [best, bestEpoch, least] = [copyWeights(weights), epoch, loss];
    else if (epoch - bestEpoch >= patience) break;
  }
  return { weights: best, bestEpoch, heldOut: losses };
}

/** The weighted sum of two gradients. */
function weighted(a: Loss, ofA: number, b: Loss, ofB: number): Float64Array<ArrayBuffer> {
  return a.gradient.map((slope, i) => ofA * slope + ofB * (b.gradient[i] as number));
}
