/** How EB-CaP decides and learns. */
export interface EbCapSettings {
  /** Random walks from a sample towards each class, */
  readonly walks: number;
  /** how many steps each may take, */
  readonly walkSteps: number;
  /** how far one goes, and how much of that is chance. */
  readonly stepSize: number;
  /** How much of a step is chance. */
  readonly noiseScale: number;
  /** Of the walks' noise. */
  readonly seed: number;
  /** Entropies, in nats, that the first windows of a video are judged by, and how many these are. */
  readonly confidentBelow: number;
  /** Up to this one a sample is ambiguous. */
  readonly ambiguousBelow: number;
  /** How many first windows these are. */
  readonly firstWindows: number;
  /** Most samples of a class in each cache. */
  readonly positiveCapacity: number;
  /** In the cache of ambiguous samples. */
  readonly negativeCapacity: number;
  /**
   * A class without samples scores 0 and one with samples about 90, so the first confident window
   * decides for good; or a cache does not count until each class has samples.
   */
  readonly emptyClass: "zero" | "wait";
}

/** As published, but for the lock-in: `ebCapOfficial` has that as well. */
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

/** As published, to compare with. */
export const ebCapOfficial: EbCapSettings = { ...ebCapDefaults, emptyClass: "zero" };

/** Throws where a setting makes no sense, naming it. */
export function checkEbCapSettings(settings: EbCapSettings): void {
  const refuse = (name: keyof EbCapSettings, wanted: string) =>
    new RangeError(`Cannot run EB-CaP with ${name} ${settings[name]}: wanted ${wanted}`);
  for (const name of ["walks", "walkSteps", "positiveCapacity", "negativeCapacity"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) {
      throw refuse(name, "a whole number from 1 on");
    }
  }
  for (const name of ["seed", "firstWindows"] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 0) {
      throw refuse(name, "a whole number from 0 on");
    }
  }
  for (const name of ["stepSize", "noiseScale", "confidentBelow"] as const) {
    if (!(settings[name] >= 0 && Number.isFinite(settings[name]))) throw refuse(name, "0 or more");
  }
  if (!(settings.ambiguousBelow >= settings.confidentBelow)) {
    throw refuse("ambiguousBelow", `${settings.confidentBelow} or more, as confidentBelow`);
  }
}
