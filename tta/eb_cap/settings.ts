import { checkNumbers } from "../check_numbers.ts";

/** How EB-CaP decides and learns. */
export interface EbCapSettings {
  /** The number of random walks from a sample towards each class. */
  readonly walks: number;
  /** Most steps of a walk. */
  readonly walkSteps: number;
  /** The size of a step. */
  readonly stepSize: number;
  /** The scale of a step's noise. */
  readonly noiseScale: number;
  /** The seed of the noise. */
  readonly seed: number;
  /** In a video's first windows, a sample with less entropy than this, in nats, is confident. */
  readonly confidentBelow: number;
  /** One with less entropy than this is ambiguous. */
  readonly ambiguousBelow: number;
  /** How many windows use these fixed thresholds. */
  readonly firstWindows: number;
  /** Most samples per class in the positive cache. */
  readonly positiveCapacity: number;
  /** Most samples per class in the negative cache. */
  readonly negativeCapacity: number;
  /**
   * What a cache does while a class is empty. "zero": the class scores 0, while others score about 90,
   * so the first confident window decides for good. "wait": the cache adds nothing.
   */
  readonly emptyClass: "zero" | "wait";
}

/** As published, except that caches wait until each class has samples. */
export const ebCapDefaults: EbCapSettings = {
  walks: 3,
  walkSteps: 20,
  stepSize: 0.01,
  noiseScale: 0.1,
  seed: 0,
  confidentBelow: 0.5,
  ambiguousBelow: 0.8,
  firstWindows: 5,
  positiveCapacity: 5,
  negativeCapacity: 4,
  emptyClass: "wait",
};

/** As published, for comparison. */
export const ebCapOfficial: EbCapSettings = { ...ebCapDefaults, emptyClass: "zero" };

/** Throws if a setting is invalid, and names it. */
export function checkEbCapSettings(settings: EbCapSettings): void {
  const refuse = (name: keyof EbCapSettings, wanted: string) =>
    new RangeError(`Cannot run EB-CaP with ${name} ${settings[name]}: wanted ${wanted}`);
  checkNumbers(settings, {
    "a whole number from 1 on": ["walks", "walkSteps", "positiveCapacity", "negativeCapacity"],
    "a whole number from 0 on": ["seed", "firstWindows"],
    "0 or more": ["stepSize", "noiseScale", "confidentBelow"],
  }, refuse);
  if (!(settings.ambiguousBelow >= settings.confidentBelow)) {
    throw refuse("ambiguousBelow", `${settings.confidentBelow} or more, as confidentBelow`);
  }
}
