import { average } from "../vectors.ts";

/** A clip with its label and prediction. */
export interface ScoredClip {
  readonly subject: string;
  /** The task during the recording, if known. */
  readonly task?: string | undefined;
  readonly label: number;
  /** `[C]` */
  readonly probabilities: ArrayLike<number>;
}

/** A clip's score for a class, from 0 to 1, and whether it is of the class. */
export interface Ranked {
  readonly score: number;
  readonly positive: boolean;
}

/** Clips with their scores for one class. */
export function rankedBy(clips: readonly ScoredClip[], label: number): Ranked[] {
  return clips.map((clip) => ({
    score: clip.probabilities[label] ?? NaN,
    positive: clip.label === label,
  }));
}

/**
 * The mean score over classes: of two classes only the second counts, as in the data sets' own scores; of
 * more, each against the rest. NaN if there is no finite score.
 */
export function overClasses(
  classes: number,
  score: (label: number) => number,
): number {
  const labels = Array.from({ length: classes }, (_, label) => label).slice(classes === 2 ? 1 : 0);
  return average(labels.map(score).filter(Number.isFinite));
}

/**
 * The number of pairs of a positive and a negative clip, and of those ranked correctly; equal scores count
 * half.
 */
function countPairs(ranked: readonly Ranked[]) {
  const sorted = [...ranked].sort((a, b) => a.score - b.score);
  let negatives = 0, positives = 0, right = 0;
  for (let i = 0; i < sorted.length;) {
    const { score } = sorted[i] as Ranked;
    let up = 0, down = 0;
    for (; i < sorted.length && sorted[i]?.score === score; i++) {
      sorted[i]?.positive ? up++ : down++;
    }
    right += up * (negatives + down / 2);
    positives += up;
    negatives += down;
  }
  return { pairs: positives * negatives, right };
}

/** The area under the ROC curve: the share of correctly ranked pairs. 0.5 is chance. */
export function rankArea(ranked: readonly Ranked[]): number {
  return rankAreaWithin([ranked]);
}

/**
 * The same over pairs within groups only: knowing just the group gives 0.5, however much the group tells
 * about the label.
 */
export function rankAreaWithin(groups: readonly (readonly Ranked[])[]): number {
  const counts = groups.map(countPairs);
  const sum = (name: "pairs" | "right") => counts.reduce((total, one) => total + one[name], 0);
  return sum("pairs") === 0 ? NaN : sum("right") / sum("pairs");
}

/**
 * Average precision as scikit-learn defines it: the sum over thresholds of precision times the recall
 * that the threshold adds. Equal scores share a threshold. NaN without a positive.
 */
export function averagePrecision(ranked: readonly Ranked[]): number {
  const sorted = [...ranked].sort((a, b) => b.score - a.score);
  const positives = count(ranked);
  let hits = 0, area = 0;
  for (let i = 0; i < sorted.length;) {
    const { score } = sorted[i] as Ranked, before = hits;
    for (; i < sorted.length && sorted[i]?.score === score; i++) if (sorted[i]?.positive) hits++;
    area += (hits - before) / positives * hits / i;
  }
  return positives === 0 ? NaN : area;
}

/** Thresholds of the grid: 0, 0.001, … 0.999, in float32 as the authors compare them. */
const thresholds = Array.from({ length: 1000 }, (_, i) => Math.fround(i * 0.001));

/**
 * Average precision as the BAH data set scores it: thresholds on a fixed grid from 0 to 0.999,
 * precision 0 if no score reaches one, and the area under the points by trapezoids without an anchor at
 * recall 0. It depends on calibration: a constant "no" still gets half the share of positives. It is
 * reported beside the usual form, never instead of it.
 */
export function gridAveragePrecision(ranked: readonly Ranked[]): number {
  const positives = count(ranked);
  if (positives === 0) return NaN;
  const points = thresholds.map((threshold) => {
    const said = ranked.filter(({ score }) => Math.fround(score) >= threshold), hits = count(said);
    return { recall: hits / positives, precision: said.length === 0 ? 0 : hits / said.length };
  });
  return points.slice(1).reduce((area, { recall, precision }, i) => {
    const before = points[i] as typeof points[number];
    return area + (before.recall - recall) * (before.precision + precision) / 2;
  }, 0);
}

function count(ranked: readonly Ranked[]): number {
  return ranked.filter(({ positive }) => positive).length;
}
