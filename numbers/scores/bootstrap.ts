import { Rng } from "../rng.ts";

/** Where 95 % of the resampled values lie. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Draws of so many out of so many, with replacement: which ones each draw holds. The same draws for all
 * that is compared make differences paired.
 */
export function drawResamples(count: number, resamples: number, seed: number): number[][] {
  const rng = new Rng(seed);
  return Array.from(
    { length: resamples },
    () => Array.from({ length: count }, () => rng.integer(0, count - 1)),
  );
}

/**
 * The interval between quantiles, interpolated; values that could not be computed are left out, NaN
 * where there is none.
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
