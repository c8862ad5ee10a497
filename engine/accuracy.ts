/** Half the distance between 1 and the next number: the relative error of one rounding. */
export const unitRoundoff = { f32: 2 ** -24, f16: 2 ** -11 } as const;

/** How far a result is from its reference. */
export interface Accuracy {
  /** Sum of squared errors over the sum of squared references, finite elements only. */
  readonly nmse: number;
  /** The largest error of one element. */
  readonly maxError: number;
  /** The first element where one side is NaN or infinite and the other is not the same; -1 if none. */
  readonly firstMismatch: number;
}

/** Compares a result with its reference, element by element. */
export function measureAccuracy(got: ArrayLike<number>, want: ArrayLike<number>): Accuracy {
  if (got.length !== want.length) {
    throw new RangeError(`Cannot compare: got ${got.length} elements, wanted ${want.length}`);
  }
  let error = 0, norm = 0, maxError = 0, firstMismatch = -1;
  for (let i = 0; i < want.length; i++) {
    const g = got[i] ?? NaN, w = want[i] ?? NaN;
    if (!Number.isFinite(g) || !Number.isFinite(w)) {
      if (!Object.is(g, w) && firstMismatch < 0) firstMismatch = i;
      continue;
    }
    error += (g - w) ** 2;
    norm += w * w;
    maxError = Math.max(maxError, Math.abs(g - w));
  }
  return { nmse: error === 0 ? 0 : error / norm, maxError, firstMismatch };
}

/**
 * The largest NMSE that rounding can explain, from the number of roundings that pile up in one
 * element: each errs by at most the unit roundoff, independently, so their squares add up.
 * docs/numerics.md derives it.
 */
export function tolerance(roundings: number, unit: number = unitRoundoff.f32): number {
  return roundings * unit ** 2;
}
