import { facsUnit, type UnitSet } from "../model/clip_au/facs.ts";
import { unitMeans } from "./unit_means.ts";

/** With what "more than usual" compares a face. */
export type Usual = "enrolled resting face" | "mean of the video";

/**
 * Two readings of each Action Unit in each frame. They answer two questions, and neither does for the
 * other: on drawn people, whose true units are known, similarity tells best whether a unit is there, and
 * taking off half of the usual similarity tells best whether there is more of it than in this person's
 * resting face. Taking off all of it is worse for both (`./autt demo:units`).
 */
export interface UnitReadings {
  /** The Action Unit prompts. */
  readonly prompts: readonly string[];
  /** `[N, A]`: CLIP's similarity to each unit. */
  readonly present: Float32Array;
  /** `[N, A]`: the same, less half of the usual similarity. */
  readonly moreThanUsual: Float32Array;
  /** `[A]`: the usual similarity to each unit. */
  readonly usual: Float32Array;
  /** What that is of. */
  readonly usualIs: Usual;
}

/** The share of the usual similarity that is taken off. */
export const usualShare = 0.5;

/**
 * Reads units against what is usual for the person.
 *
 * @param units `[N, A]`: similarity of each frame to each unit.
 * @param rest `[A]`: that of the person's enrolled resting face; else the mean of the video stands for it.
 */
export function readUnits(
  units: Float32Array,
  prompts: readonly string[],
  rest?: Float32Array,
): UnitReadings {
  const count = prompts.length;
  const usual = rest ?? Float32Array.from(unitMeans(units, count));
  const moreThanUsual = units.map((x, i) => x - usualShare * (usual[i % count] ?? NaN));
  return {
    prompts,
    present: units,
    moreThanUsual,
    usual,
    usualIs: rest ? "enrolled resting face" : "mean of the video",
  };
}

/** The full difference from what is usual, `[N, A]`, to compare with. */
export function aboveUsual({ present, usual }: UnitReadings): Float32Array {
  return present.map((x, i) => x - (usual[i % usual.length] ?? NaN));
}

/** A set's reading in each frame, `[N]`: the mean over its groups of the strongest unit of each. */
export function setReading(
  { groups }: UnitSet,
  readings: Float32Array,
  prompts: readonly string[],
): Float32Array {
  const places = groups.map((codes) =>
    prompts.flatMap((prompt, i) => codes.includes(facsUnit(prompt).code ?? "") ? [i] : [])
  );
  const frames = readings.length / prompts.length;
  return Float32Array.from({ length: frames }, (_, frame) => {
    const strongest = places.map((units) =>
      Math.max(...units.map((unit) => readings[frame * prompts.length + unit] ?? NaN))
    );
    return strongest.reduce((sum, x) => sum + x, 0) / strongest.length;
  });
}
