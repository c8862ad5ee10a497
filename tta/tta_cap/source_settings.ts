/** How people of the training set are turned into prototypes, and which of them are like a person. */
export interface SourceSettings {
  /** Its name. */
  readonly version: string;
  /** DBSCAN's least neighbours, and quantiles of neighbours' distances for its radius, to be tried. */
  readonly fewestNeighbours: readonly number[];
  /** Of neighbours' distances, for DBSCAN's radius. */
  readonly quantiles: readonly number[];
  /** Radii up to this one are not tried. */
  readonly leastRadius: number;
  /** Fewer frames than this are not clustered: one of them stands for all. */
  readonly fewestFrames: number;
  /** Clusterings that leave out a larger share of the frames are refused. */
  readonly mostNoise: number;
  /** Subsets of the frames that a clustering is repeated on, to see how stable it is; */
  readonly subsets: number;
  /** the share of the frames that each has, */
  readonly subsetShare: number;
  /** and how a number of frames that is not whole is made so. */
  readonly subsetRounding: "nearest" | "down";
  /** How much stability counts. */
  readonly stabilityWeight: number;
  /** Of the draw of subsets. */
  readonly seed: number;
  /** How far variances are shrunk, and what towards. */
  readonly shrink: number;
  /** 1 swamps the variances of unit vectors; their own mean does not. */
  readonly shrinkTowards: "one" | "mean variance";
  /**
   * What people are compared by: all their frames, or the prototypes of one class, and then what they
   * are compared with should be frames of that class.
   */
  readonly anchorClass: number | undefined;
  /** How many of the people who are most like a person give their prototypes. */
  readonly nearestSubjects: number;
  /** Most prototypes of a class, those nearest to the person's mean; 0 for all. */
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

/** Throws where a setting makes no sense, naming it. */
export function checkSourceSettings(settings: SourceSettings): void {
  const refuse = (name: keyof SourceSettings, wanted: string) =>
    new RangeError(`Cannot build a source cache with ${name} ${settings[name]}: wanted ${wanted}`);
  const { fewestNeighbours, quantiles } = settings;
  if (!fewestNeighbours.every((count) => Number.isInteger(count) && count >= 1)) {
    throw refuse("fewestNeighbours", "whole numbers from 1 on");
  }
  if (!quantiles.every((q) => q >= 0 && q <= 1)) throw refuse("quantiles", "numbers from 0 to 1");
  for (const name of ["fewestFrames", "nearestSubjects"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw refuse(name, "a whole number from 1 on");
    }
  }
  for (const name of ["subsets", "seed", "mostPerClass"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 0) {
      throw refuse(name, "a whole number from 0 on");
    }
  }
  for (const name of ["subsetShare", "mostNoise", "shrink"] as const) {
    if (!(settings[name] >= 0 && settings[name] <= 1)) throw refuse(name, "one from 0 to 1");
  }
}
