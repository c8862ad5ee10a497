import type { Ranked } from "./scored_clip.ts";

/** The number of pairs of a positive and a negative clip, and of those ranked correctly. */
export interface Pairs {
  readonly pairs: number;
  readonly right: number;
}

/** Counts pairs; equal scores count half. */
export function countPairs(ranked: readonly Ranked[]): Pairs {
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
  const { pairs, right } = countPairs(ranked);
  return pairs === 0 ? NaN : right / pairs;
}

/**
 * The same over pairs within groups only: knowing just the group gives 0.5, however much the group tells
 * about the label.
 */
export function rankAreaWithin(groups: readonly (readonly Ranked[])[]): number {
  const counts = groups.map(countPairs);
  const sum = (name: keyof Pairs) => counts.reduce((total, one) => total + one[name], 0);
  return sum("pairs") === 0 ? NaN : sum("right") / sum("pairs");
}
