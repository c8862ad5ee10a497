import type { Ranked } from "./scored_clip.ts";

/** Pairs of a positive and a negative one, and how many of them are the right way round. */
export interface Pairs {
  readonly pairs: number;
  readonly right: number;
}

/** Counts pairs; where both have the same score, half of one. */
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

/** The share of pairs that are the right way round (the area under the ROC curve): 0.5 is chance. */
export function rankArea(ranked: readonly Ranked[]): number {
  const { pairs, right } = countPairs(ranked);
  return pairs === 0 ? NaN : right / pairs;
}

/**
 * The same over pairs of one group only: who knows the group and nothing else gets 0.5, however much the
 * group tells of the label.
 */
export function rankAreaWithin(groups: readonly (readonly Ranked[])[]): number {
  const counts = groups.map(countPairs);
  const sum = (name: keyof Pairs) => counts.reduce((total, one) => total + one[name], 0);
  return sum("pairs") === 0 ? NaN : sum("right") / sum("pairs");
}
