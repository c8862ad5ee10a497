/** A clip with its label and what was said of it. */
export interface ScoredClip {
  readonly subject: string;
  /** What the person was doing or asked, where that is known. */
  readonly task?: string | undefined;
  readonly label: number;
  /** `[C]` */
  readonly probabilities: ArrayLike<number>;
}

/** A number from 0 to 1 that says how much a clip looks like a class, and whether it is of it. */
export interface Ranked {
  readonly score: number;
  readonly positive: boolean;
}

/** Clips as a question about one class: is it this one? */
export function rankedBy(clips: readonly ScoredClip[], label: number): Ranked[] {
  return clips.map((clip) => ({
    score: clip.probabilities[label] ?? NaN,
    positive: clip.label === label,
  }));
}

/**
 * The mean over the classes that are asked about: of two classes only the second, as the data sets'
 * own scores do; of more each against the rest. NaN where none can be answered.
 */
export function overClasses(
  classes: number,
  score: (label: number) => number,
): number {
  const labels = Array.from({ length: classes }, (_, label) => label).slice(classes === 2 ? 1 : 0);
  const known = labels.map(score).filter(Number.isFinite);
  return known.length === 0 ? NaN : known.reduce((sum, x) => sum + x, 0) / known.length;
}
