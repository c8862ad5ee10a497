/** How source pixels are weighted, by their distance in units of the target's or source's pixels. */
export type Filter = "bicubic" | "bilinear";

/** The source positions that make one target position, with their weights in units of 2^-22. */
export interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** Reach and shape of each filter. */
const kernels = {
  bilinear: { reach: 1, weight: (x: number) => x < 1 ? 1 - x : 0 },
  bicubic: {
    reach: 2,
    weight: (x: number) =>
      x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0,
  },
} as const;
const a = -0.5;

/**
 * For each position along one axis of the target, what it is made of. The order of operations is
 * PIL's, in float64 as there: another one could turn a weight's last bit and a pixel with it.
 */
export function computeTaps(source: number, target: number, filter: Filter): Taps[] {
  const { reach, weight } = kernels[filter];
  const scale = source / target;
  // Where the image shrinks, the filter widens with it: that is the antialiasing.
  const widening = Math.max(scale, 1);
  return Array.from({ length: target }, (_, m) => {
    const centre = (m + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - reach * widening + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach * widening + 0.5), source);
    const raw = Array.from(
      { length: end - start },
      (_, k) => weight(Math.abs((k + start - centre + 0.5) * (1 / widening))),
    );
    const total = raw.reduce((sum, value) => sum + value, 0);
    return { start, weights: raw.map((value) => toFixedPoint(value / total)) };
  });
}

/** Rounded to the nearest unit, halves away from zero. */
function toFixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** 22 + (weight < 0 ? -0.5 : 0.5));
}
