import { dot, largestAt, unit, type Vector, weightedSum } from "../../numbers/vectors.ts";
import type { EbCapSettings } from "./settings.ts";

/** Where a random walk ended. */
export interface Walk {
  /** At unit length. */
  readonly end: Float64Array;
  /** The step, from 1, after which the texts chose the walk's class; absent if they never did. */
  readonly reachedAt: number | undefined;
}

/**
 * Walks on the sphere from a sample towards one class's text, with noise, until the texts choose that
 * class. `noise` gives a step's normal noise, `[D]`.
 */
export function walkTowards(
  z: Vector,
  label: number,
  classes: readonly Vector[],
  noise: (step: number) => Vector,
  { walkSteps, stepSize, noiseScale }: EbCapSettings,
): Walk {
  const goal = classes[label] as Vector;
  let end = unit(z);
  for (let step = 0; step < walkSteps; step++) {
    const along = dot(end, goal);
    // The gradient of the cosine with respect to a normalised vector.
    const slope = goal.map((x, d) => x - along * (end[d] as number));
    end = unit(
      weightedSum(z.length, [end, slope, noise(step)], [
        1,
        stepSize / 2,
        Math.sqrt(stepSize) * noiseScale,
      ]),
    );
    const nearest = largestAt(classes.map((row) => dot(end, row)));
    if (nearest === label) return { end, reachedAt: step + 1 };
  }
  return { end, reachedAt: undefined };
}
