import type { TtaCapSettings } from "./settings.ts";
import {
  average,
  dot,
  largestAt,
  largestPlaces,
  meanOf,
  softmax,
  unit,
  type Vector,
  weightedSum,
} from "../../numbers/vectors.ts";

/** A person's prototypes: for each class normalised vectors `[D]`, possibly none. */
export type Prototypes = readonly (readonly Vector[])[];

/** The score of a class without prototypes in the original code. */
const noScore = -1e9;

/** How a sample compares with a person's prototypes. */
export interface PrototypeScores {
  /** `[C]`: the mean of the nearest cosines; -1e9 for a class without prototypes. */
  readonly scores: readonly number[];
  /** The best class's lead; absent if the person has no prototypes at all. */
  readonly margin: number | undefined;
  /** Whether the margin is large enough. */
  readonly marginPass: boolean;
  /** Whether it is, and the best class is the predicted one. */
  readonly pass: boolean;
}

/** Scores a normalised sample by the prototypes, and checks the text head's prediction. */
export function scorePrototypes(
  z: Vector,
  prototypes: Prototypes,
  predicted: number,
  settings: TtaCapSettings,
): PrototypeScores {
  const { nearestPrototypes, leastMargin, withoutPrototypes, emptyClass } = settings;
  if (prototypes.every((rows) => rows.length === 0)) {
    const pass = withoutPrototypes === "pass";
    return { scores: prototypes.map(() => 0), margin: undefined, marginPass: pass, pass };
  }
  const scores = prototypes.map((rows) => {
    if (rows.length === 0) return noScore;
    const cosines = rows.map((row) => dot(row, z));
    return average(largestPlaces(cosines, nearestPrototypes).map((i) => cosines[i] as number));
  });
  const [first = 0, second = 0] = scores.toSorted((a, b) => b - a), margin = first - second;
  const judged = emptyClass === "score" || prototypes.every((rows) => rows.length > 0);
  const marginPass = judged && margin > leastMargin;
  return { scores, margin, marginPass, pass: marginPass && largestAt(scores) === predicted };
}

/** What the prototypes retrieve for a sample, normalised; zeros if there are none. */
export function retrieveSource(
  z: Vector,
  prototypes: Prototypes,
  scores: readonly number[],
  predicted: number,
  { retrieveFrom, nearestPrototypes, classSharpness }: TtaCapSettings,
): Float64Array {
  if (retrieveFrom === "class") {
    const rows = prototypes[predicted] ?? [];
    if (rows.length === 0) return new Float64Array(z.length);
    const best = largestPlaces(rows.map((row) => dot(row, z)), nearestPrototypes);
    return unit(meanOf(best.map((i) => rows[i] as Vector)));
  }
  const means = prototypes.map((rows) =>
    rows.length === 0 ? new Float64Array(z.length) : unit(meanOf(rows))
  );
  return unit(weightedSum(z.length, means, softmax(scores, classSharpness)));
}
