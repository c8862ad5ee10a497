/** How people of a benchmark differ from each other. */
export interface Design {
  /** Spread of how strongly each person shows each unit of pain, as the logarithm's deviation. */
  readonly spread: number;
  /** The share of pain's units that a person shows at all. */
  readonly kept: number;
  /** What faces look like at rest: the mean strength of a unit, and the share of units that have any. */
  readonly rest: number;
  readonly resting: number;
  /** The least and the most expressive person. */
  readonly expressive: readonly [number, number];
  /** The share of clips of pain in which nothing is shown. */
  readonly hidden: number;
  /**
   * How people are filmed: each in their own light before their own wall; in the dark and off the camera's
   * axis, as the demo's model has never seen anybody; or all alike, as in a laboratory.
   */
  readonly camera: "usual" | "dark" | "laboratory";
}

const style: Design = {
  spread: .7,
  kept: .6,
  rest: .30,
  resting: .35,
  expressive: [.30, .85],
  hidden: .10,
  camera: "usual",
};

const mild: Design = {
  spread: .25,
  kept: .95,
  rest: .08,
  resting: .2,
  expressive: [.45, .95],
  hidden: .05,
  camera: "usual",
};

/** The designs of the benchmark. */
export const designs = {
  /** People who show pain much alike. */
  mild,
  /** People who show it each in their own way, some hardly, on faces that are seldom at rest. */
  style,
  /** The same in dark light from the side, off the camera's axis. Nobody to learn from is drawn so. */
  shift: { ...style, rest: .45, resting: .45, camera: "dark" },
  /** The mild ones in front of one grey wall, in one light: as little as can be differs besides who it is. */
  laboratory: { ...mild, camera: "laboratory" },
} as const satisfies Readonly<Record<string, Design>>;
export type DesignName = keyof typeof designs;

/** Whether a design has this name. */
export function isDesign(name: string): name is DesignName {
  return Object.hasOwn(designs, name);
}

/** The design of those that a model for a design is trained on. */
export const sourceDesign: Readonly<Record<DesignName, DesignName>> = {
  mild: "mild",
  style: "style",
  shift: "style",
  laboratory: "laboratory",
};
