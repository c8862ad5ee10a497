import type { Ranked } from "./scored_clip.ts";

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

/** Thresholds of the grid: 0, 0.001, … 0.999. */
const thresholds = 1000;

/**
 * Average precision as the BAH data set scores it: thresholds on a fixed grid from 0 to 0.999,
 * precision 0 if no score reaches one, and the area under the points by trapezoids without an anchor at
 * recall 0. It depends on calibration: a constant "no" still gets half the share of positives. It is
 * reported beside the usual form, never instead of it.
 */
export function gridAveragePrecision(ranked: readonly Ranked[]): number {
  const positives = count(ranked);
  if (positives === 0) return NaN;
  const points = Array.from({ length: thresholds }, (_, i) => {
    const said = ranked.filter(({ score }) => score >= i / thresholds), hits = count(said);
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
