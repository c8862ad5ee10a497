import { checkNumbers } from "../check_numbers.ts";

/** How prototypes of a training set's people are built, and how similar people are found. */
export interface SourceSettings {
  /** Its name. */
  readonly version: string;
  /** DBSCAN's minimum neighbour counts to try. */
  readonly fewestNeighbours: readonly number[];
  /** Quantiles of neighbours' distances to try as DBSCAN's radius. */
  readonly quantiles: readonly number[];
  /** Radii must be larger than this. */
  readonly leastRadius: number;
  /** Fewer frames than this are not clustered; one of them represents all. */
  readonly fewestFrames: number;
  /** Clusterings with a larger share of noise are refused. */
  readonly mostNoise: number;
  /** The number of subsets of the frames on which a clustering is repeated, to measure its stability. */
  readonly subsets: number;
  /** The share of the frames in each subset. */
  readonly subsetShare: number;
  /** How a subset's size is rounded. */
  readonly subsetRounding: "nearest" | "down";
  /** The weight of stability in a clustering's score. */
  readonly stabilityWeight: number;
  /** The seed of the subsets. */
  readonly seed: number;
  /** How much variances are shrunk. */
  readonly shrink: number;
  /** What they are shrunk towards. 1 swamps the variances of unit vectors; their own mean does not. */
  readonly shrinkTowards: "one" | "mean variance";
  /**
   * The class whose prototypes people are compared by; undefined to compare by all frames. With an
   * anchor class, the target's frames should be of that class too.
   */
  readonly anchorClass: number | undefined;
  /** How many of the most similar people provide prototypes. */
  readonly nearestSubjects: number;
  /** Most prototypes per class, those nearest to the person's mean; 0 for all. */
  readonly mostPerClass: number;
}

const common = {
  fewestNeighbours: [5, 10, 15],
  quantiles: [0.5, 0.6, 0.7, 0.8, 0.9],
  fewestFrames: 10,
  subsets: 6,
  subsetShare: 0.8,
  stabilityWeight: 0.5,
  seed: 0,
  shrink: 0.05,
  shrinkTowards: "one",
  nearestSubjects: 3,
  mostPerClass: 0,
} as const;

/** The two published versions; the second is the default. */
export const sourceVersions = {
  v2: {
    version: "v2",
    ...common,
    leastRadius: 1e-8,
    mostNoise: 0.95,
    subsetRounding: "nearest",
    anchorClass: undefined,
  },
  v1: {
    version: "v1",
    ...common,
    leastRadius: 1e-6,
    mostNoise: 1,
    subsetRounding: "down",
    anchorClass: 0,
  },
} as const satisfies Readonly<Record<string, SourceSettings>>;

/** Throws if a setting is invalid, and names it. */
export function checkSourceSettings(settings: SourceSettings): void {
  const refuse = (name: keyof SourceSettings, wanted: string) =>
    new RangeError(`Cannot build a source cache with ${name} ${settings[name]}: wanted ${wanted}`);
  const { fewestNeighbours, quantiles } = settings;
  if (!fewestNeighbours.every((count) => Number.isInteger(count) && count >= 1)) {
    throw refuse("fewestNeighbours", "whole numbers from 1 on");
  }
  if (!quantiles.every((q) => q >= 0 && q <= 1)) throw refuse("quantiles", "numbers from 0 to 1");
  checkNumbers(settings, {
    "a whole number from 1 on": ["fewestFrames", "nearestSubjects"],
    "a whole number from 0 on": ["subsets", "seed", "mostPerClass"],
    "one from 0 to 1": ["subsetShare", "mostNoise", "shrink"],
  }, refuse);
}
