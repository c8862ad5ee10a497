import { Rng } from "../rng.ts";

/** The range of 95 % of the resampled values. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Draws resamples of `count` items with replacement: the indices in each. Using the same draws for all
 * methods makes their differences paired.
 */
export function drawResamples(count: number, resamples: number, seed: number): number[][] {
  const rng = new Rng(seed);
  return Array.from(
    { length: resamples },
    () => Array.from({ length: count }, () => rng.integer(0, count - 1)),
  );
}

/**
 * The interval between interpolated quantiles. Values that are not finite are left out; NaN if none is
 * left.
 */
export function intervalOf(values: readonly number[], share = 0.95): Interval {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (quantile: number) => {
    const place = quantile * (sorted.length - 1), below = Math.floor(place);
    const low = sorted[below] ?? NaN, high = sorted[Math.ceil(place)] ?? NaN;
    return low + (place - below) * (high - low);
  };
  return { low: at((1 - share) / 2), high: at((1 + share) / 2) };
}
