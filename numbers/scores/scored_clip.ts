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
