import type { EbCapSettings } from "./settings.ts";

/** The least gap between the thresholds. */
const leastGap = 1e-6;

/** Entropy thresholds from the mean and the deviation of a video's windows so far. */
export class EntropyThresholds {
  readonly #settings: EbCapSettings;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(settings: EbCapSettings) {
    this.#settings = settings;
  }

  /** The thresholds for the next window. */
  get current(): { readonly confidentBelow: number; readonly ambiguousBelow: number } {
    const { confidentBelow, ambiguousBelow, firstWindows } = this.#settings;
    if (this.#count < Math.max(1, firstWindows)) return { confidentBelow, ambiguousBelow };
    const deviation = Math.sqrt(this.#squares / this.#count);
    const low = Math.max(0, this.#mean - deviation);
    return {
      confidentBelow: low,
      ambiguousBelow: Math.max(this.#mean + deviation, low + leastGap),
    };
  }

  /** Adds a window's entropy by Welford's method. */
  push(entropy: number): void {
    const before = entropy - this.#mean;
    this.#count++;
    this.#mean += before / this.#count;
    this.#squares += before * (entropy - this.#mean);
  }
}
