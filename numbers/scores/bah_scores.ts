import { largestAt } from "../vectors.ts";
import { gridAveragePrecision } from "./ranking.ts";

/** The two logits of a frame: neutral, and ambivalence or hesitancy. */
export type FrameLogits = readonly number[];

/** How well two classes were predicted, as BAH's authors score it. */
export interface BahScores {
  readonly accuracy: number;
  /** Shares of each label's row; a label that doesn't occur has a row of zeros. */
  readonly confusion: readonly (readonly number[])[];
  /** F1 of each class; 0 where it is not defined. */
  readonly f1: readonly number[];
  readonly macroF1: number;
  /** F1 weighted by how often each label occurs. */
  readonly weightedF1: number;
  /** The mean recall over the labels that occur. */
  readonly recall: number;
}

const classes = [0, 1];

/** Scores predictions of frames or videos. Unlike `computeMetrics`, both classes always count. */
export function scoreBah(labels: readonly number[], predicted: readonly number[]): BahScores {
  if (labels.length !== predicted.length || labels.length === 0) {
    throw new TypeError(
      `Cannot score ${predicted.length} predictions for ${labels.length} labels: wanted as many, ` +
        "and one at least",
    );
  }
  const count = (label: number, said: number) =>
    labels.filter((one, i) => one === label && predicted[i] === said).length;
  const share = (part: number, whole: number) => whole === 0 ? 0 : part / whole;
  const counts = classes.map((label) => classes.map((said) => count(label, said)));
  const confusion = counts.map((row) => row.map((n) => share(n, sum(row))));
  const right = classes.map((one) => counts[one]?.[one] ?? 0);
  const there = counts.map(sum);
  const f1 = classes.map((one) => {
    const said = sum(counts.map((row) => row[one] ?? 0));
    return share(2 * (right[one] ?? 0), (there[one] ?? 0) + said);
  });
  const recalls = classes.flatMap((one) => there[one] ? [confusion[one]?.[one] ?? 0] : []);
  return {
    accuracy: sum(right) / labels.length,
    confusion,
    f1,
    macroF1: sum(f1) / classes.length,
    weightedF1: sum(f1.map((one, label) => one * (there[label] ?? 0))) / labels.length,
    recall: sum(recalls) / recalls.length,
  };
}

/**
 * BAH's average precision of frames. Their softmax is float32 and does not subtract the largest logit:
 * above 88.7 it is NaN, which counts as "not predicted" at every threshold.
 */
export function bahAveragePrecision(
  labels: readonly number[],
  logits: readonly FrameLogits[],
): number {
  return gridAveragePrecision(logits.map((row, i) => ({
    score: plainSoftmax(row)[1] ?? NaN,
    positive: labels[i] === 1,
  })));
}

/** Softmax in float32 without subtracting the largest logit. */
export function plainSoftmax(logits: FrameLogits): number[] {
  const terms = logits.map((logit) => Math.fround(Math.exp(Math.fround(logit))));
  const total = terms.reduce((a, b) => Math.fround(a + b), 0);
  return terms.map((term) => Math.fround(term / total));
}

/** Rules by which BAH's authors decide on a video from its frames. */
export const videoRules = {
  /** The most frequent class; of equally frequent ones that which comes first in the video. */
  FRAMES_VOTE(frames) {
    const votes = frames.map(largestAt);
    const count = (one: number) => votes.filter((vote) => vote === one).length;
    return votes.reduce((best, vote) => count(vote) > count(best) ? vote : best, votes[0] ?? 0);
  },
  FRAMES_AVG_LOGITS: (frames) => largestAt(meanRow(frames)),
  FRAMES_AVG_PROBS: (frames) => largestAt(meanRow(frames.map(plainSoftmax))),
} as const satisfies Record<string, (frames: readonly FrameLogits[]) => number>;

/** The mean over rows, summed in float32 as the authors do. */
function meanRow(rows: readonly (readonly number[])[]): number[] {
  return classes.map((one) => {
    const total = rows.reduce((all, row) => Math.fround(all + Math.fround(row[one] ?? NaN)), 0);
    return Math.fround(total / rows.length);
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
