import { Rng } from "../../numbers/rng.ts";
import { average, dot, largestAt, softmax, unit, type Vector } from "../../numbers/vectors.ts";
import { DiverseCache, type Offer } from "./diverse_cache.ts";
import { checkEbCapSettings, ebCapDefaults, type EbCapSettings } from "./settings.ts";
import { type Walk, walkTowards } from "./walk.ts";

/** What `EbCap` is made from. */
export interface EbCapModel {
  /** The classes' text embeddings, `[C, D]`; they are normalised. */
  readonly classes: readonly Vector[];
  /** The logit scale; the original uses at most 100. */
  readonly logitScale?: number;
  /** `ebCapDefaults` by default. */
  readonly settings?: EbCapSettings;
}

/** A decision and everything behind it. */
export interface EbCapStep {
  /** The number of samples seen before. */
  readonly step: number;
  /** `[C]`: the logits of the texts. */
  readonly target: readonly number[];
  /** The logits of the walks. */
  readonly sampled: readonly number[];
  /** The logits of the positive cache. */
  readonly positive: readonly number[];
  /** The logits of the negative cache, which are subtracted. */
  readonly negative: readonly number[];
  /** The sum: the decision's logits. */
  readonly logits: readonly number[];
  /** The predicted class. */
  readonly predicted: number;
  /** The least likely class. */
  readonly leastLikely: number;
  /** The decision's entropy, in nats. */
  readonly entropy: number;
  /** The thresholds for it. */
  readonly thresholds: { readonly confidentBelow: number; readonly ambiguousBelow: number };
  /** The result by these thresholds. */
  readonly judged: "confident" | "ambiguous" | "rejected";
  /** What happened in the cache that it was offered to; absent if it was rejected. */
  readonly offer: Offer | undefined;
  /** The walks towards each class. */
  readonly walks: readonly (readonly Walk[])[];
  /** The number of samples per class in the positive cache after the step. */
  readonly positiveSizes: readonly number[];
  /** The same in the negative cache. */
  readonly negativeSizes: readonly number[];
}

/** Gives the normal noise `[D]` of a step of a walk. */
export type WalkNoise = (label: number, walk: number, step: number) => Vector;

/** Smaller probabilities are raised to this. */
const leastProbability = 1e-12;

/**
 * EB-CaP, the successor of TTA-CaP. Instead of source prototypes it uses random walks from the sample
 * towards each class; its thresholds follow the video, and its caches prefer diverse samples.
 *
 * @example
 * ```ts
 * import { EbCap } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const person = new EbCap({ classes: [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)] });
 * const { predicted, offer } = person.step(Float32Array.of(0.9, 0.3, 0.1));
 * assert.equal(predicted, 0);
 * assert.equal(offer?.kept, true);
 * ```
 */
export class EbCap {
  /** Its settings. */
  readonly settings: EbCapSettings;
  /** The logit scale. */
  readonly logitScale: number;
  readonly #classes: readonly Float64Array[];
  #positive: DiverseCache;
  #negative: DiverseCache;
  #thresholds: EntropyThresholds;
  #steps = 0;

  /** Starts with empty caches. */
  constructor({ classes, logitScale = 100, settings = ebCapDefaults }: EbCapModel) {
    checkEbCapSettings(settings);
    if (classes.length < 2) {
      throw new RangeError(`Cannot run EB-CaP with ${classes.length} classes: wanted 2 or more`);
    }
    this.settings = settings;
    this.logitScale = logitScale;
    for (const row of classes) check(row, classes[0]?.length ?? 0);
    this.#classes = classes.map(unit);
    [this.#positive, this.#negative] = this.#emptyCaches();
    this.#thresholds = new EntropyThresholds(settings);
  }

  /** Decides on a window's embedding and learns from it. Noise is drawn unless it is given. */
  step(window: Vector, noise?: WalkNoise): EbCapStep {
    check(window, this.#classes[0]?.length ?? 0);
    const z = unit(window), step = this.#steps++;
    const scaled = (cosines: readonly number[]) => cosines.map((x) => this.logitScale * x);
    const drawn = noise ?? this.#draw(step);
    const walks = this.#classes.map((_, label) =>
      Array.from(
        { length: this.settings.walks },
        (_, walk) =>
          walkTowards(z, label, this.#classes, (at) => drawn(label, walk, at), this.settings),
      )
    );
    const target = scaled(this.#classes.map((row) => dot(row, z)));
    const sampled = scaled(
      walks.map((own) => average(own.map(({ end }) => dot(end, z)))),
    );
    const positive = scaled(this.#scores(this.#positive, z));
    const negative = scaled(this.#scores(this.#negative, z));
    const logits = target.map((logit, c) =>
      logit + (sampled[c] as number) + (positive[c] as number) - (negative[c] as number)
    );
    const probabilities = softmax(logits), entropy = clampedEntropy(probabilities);
    const predicted = largestAt(logits);
    const leastLikely = largestAt(logits.map((logit) => -logit));
    const thresholds = this.#thresholds.current;
    this.#thresholds.push(entropy);
    const judged = entropy < thresholds.confidentBelow
      ? "confident"
      : entropy < thresholds.ambiguousBelow
      ? "ambiguous"
      : "rejected";
    const offer = judged === "confident"
      ? this.#positive.offer(predicted, z, entropy)
      : judged === "ambiguous"
      ? this.#negative.offer(leastLikely, z, entropy)
      : undefined;
    return {
      step,
      target,
      sampled,
      positive,
      negative,
      logits,
      predicted,
      leastLikely,
      entropy,
      thresholds,
      judged,
      offer,
      walks,
      positiveSizes: this.#positive.sizes,
      negativeSizes: this.#negative.sizes,
    };
  }

  /** Starts the same person's next video: thresholds are reset, caches are kept. */
  beginVideo(): void {
    this.#thresholds = new EntropyThresholds(this.settings);
  }

  /** Forgets the person. */
  reset(): void {
    [this.#positive, this.#negative] = this.#emptyCaches();
    this.#steps = 0;
    this.beginVideo();
  }

  #scores(cache: DiverseCache, z: Vector): number[] {
    const waits = this.settings.emptyClass === "wait" && cache.sizes.includes(0);
    return waits ? this.#classes.map(() => 0) : cache.scores(z);
  }

  /** Noise that depends only on the seed and the position, so that a step can be repeated. */
  #draw(step: number): WalkNoise {
    const { seed, walks, walkSteps } = this.settings, width = this.#classes[0]?.length ?? 0;
    return (label, walk, at) => {
      const place = ((step * this.#classes.length + label) * walks + walk) * walkSteps + at;
      const rng = new Rng(seed ^ Math.imul(place + 1, 2654435761));
      return Float64Array.from({ length: width }, () => rng.normal());
    };
  }

  #emptyCaches(): [DiverseCache, DiverseCache] {
    const { positiveCapacity, negativeCapacity } = this.settings, { length } = this.#classes;
    return [
      new DiverseCache("positive", length, positiveCapacity),
      new DiverseCache("negative", length, negativeCapacity),
    ];
  }
}

/**
 * The entropy in nats. Probabilities are rounded to float32 like the original's, because entropies near
 * 1e-11 are compared, where a probability close to 1 must be exactly 1.
 */
function clampedEntropy(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, exact) => {
    const p = Math.max(Math.fround(exact), leastProbability);
    return sum - p * Math.log(p);
  }, 0);
}

function check(vector: Vector, width: number): void {
  if (vector.length !== width || !vector.every(Number.isFinite) || vector.every((x) => x === 0)) {
    throw new TypeError(
      `Cannot use an embedding of ${vector.length} numbers in EB-CaP: wanted ${width} finite ones, ` +
        `of which some are not 0`,
    );
  }
}

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
