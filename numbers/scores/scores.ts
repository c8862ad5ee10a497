import { largestAt } from "../vectors.ts";
import { computeMetrics, type Metrics } from "./metrics.ts";
import {
  averagePrecision,
  gridAveragePrecision,
  overClasses,
  rankArea,
  rankAreaWithin,
  rankedBy,
  type ScoredClip,
} from "./ranking.ts";

/** All scores of decisions. NaN if the clips don't allow it: no positive, no task. */
export interface Scores extends Metrics {
  /** Average precision as in scikit-learn. */
  readonly ap: number;
  /** The form used by the BAH data set. */
  readonly apGrid: number;
  /** Area under the ROC curve, over all pairs and over pairs of the same task. */
  readonly auc: number;
  readonly aucWithinTask: number;
  /** Expected calibration error. */
  readonly ece: number;
  readonly clips: number;
}

/** Scores decisions on clips of `classes` classes. */
export function computeScores(clips: readonly ScoredClip[], classes: number): Scores {
  const tasks = [
    ...Map.groupBy(clips.filter(({ task }) => task !== undefined), ({ task }) => task).values(),
  ];
  return {
    ...quickScores(clips, classes),
    apGrid: overClasses(classes, (label) => gridAveragePrecision(rankedBy(clips, label))),
    auc: overClasses(classes, (label) => rankArea(rankedBy(clips, label))),
    aucWithinTask: overClasses(
      classes,
      (label) => rankAreaWithin(tasks.map((task) => rankedBy(task, label))),
    ),
    ece: calibrationError(clips),
    clips: clips.length,
  };
}

/** The scores that are cheap enough for resampling. */
export type QuickScores = Pick<Scores, "war" | "uar" | "f1" | "ap">;

/** Computes only these. */
export function quickScores(clips: readonly ScoredClip[], classes: number): QuickScores {
  const metrics = computeMetrics(
    clips.map(({ label }) => label),
    clips.map(({ probabilities }) => largestAt(probabilities)),
  );
  const ap = overClasses(classes, (label) => averagePrecision(rankedBy(clips, label)));
  return { ...metrics, ap };
}

/**
 * Expected calibration error: clips are sorted into equal bins by the probability of their most likely
 * class. The error is the gap between mean probability and accuracy of a bin, averaged over clips.
 */
export function calibrationError(clips: readonly ScoredClip[], bins = 15): number {
  const told = clips.map(({ probabilities, label }) => {
    const likeliest = largestAt(probabilities);
    return { sure: probabilities[likeliest] ?? NaN, right: Number(likeliest === label) };
  });
  // The upper end of a bin belongs to it, as in the papers that define this error.
  const binOf = (sure: number) => Math.max(0, Math.ceil(sure * bins) - 1);
  const gaps = [...Map.groupBy(told, ({ sure }) => binOf(sure)).values()].map((bin) =>
    Math.abs(bin.reduce((sum, { sure, right }) => sum + sure - right, 0))
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / clips.length;
}
