import { Rng } from "../../numbers/rng.ts";
import { softmax } from "../../numbers/probabilities.ts";
import { average, dot, largestAt, unit, type Vector } from "../../numbers/vectors.ts";
import { DiverseCache, type Offer } from "./diverse_cache.ts";
import { EntropyThresholds } from "./entropy_thresholds.ts";
import { checkEbCapSettings, ebCapDefaults, type EbCapSettings } from "./settings.ts";
import { type Walk, walkTowards } from "./walk.ts";

/** What EB-CaP decides by. */
export interface EbCapModel {
  /** The classes' text embeddings, `[C, D]`; they are brought to unit length. */
  readonly classes: readonly Vector[];
  /** What cosines are multiplied with; 100 is the most that the original uses. */
  readonly logitScale?: number;
  /** The corrected ones, `ebCapDefaults`, if left out. */
  readonly settings?: EbCapSettings;
}

/** Everything that a decision went by. */
export interface EbCapStep {
  /** How many samples were seen before it. */
  readonly step: number;
  /** `[C]` each: what the texts, the walks and the caches say; `logits` is the decision. */
  readonly target: readonly number[];
  /** What the walks say. */
  readonly sampled: readonly number[];
  /** What the cache of confident samples says. */
  readonly positive: readonly number[];
  /** What the cache of ambiguous samples says against classes. */
  readonly negative: readonly number[];
  /** All together. */
  readonly logits: readonly number[];
  /** The decision. */
  readonly predicted: number;
  /** The class that is least likely. */
  readonly leastLikely: number;
  /** Of the decision, in nats. */
  readonly entropy: number;
  /** What it was judged by. */
  readonly thresholds: { readonly confidentBelow: number; readonly ambiguousBelow: number };
  /** By these thresholds. */
  readonly judged: "confident" | "ambiguous" | "rejected";
  /** What the cache that it was offered to made of it; absent where it was rejected. */
  readonly offer: Offer | undefined;
  /** The walks towards each class. */
  readonly walks: readonly (readonly Walk[])[];
  /** How many samples of each class are kept after the step. */
  readonly positiveSizes: readonly number[];
  /** The same of ambiguous ones. */
  readonly negativeSizes: readonly number[];
}

/** The normal numbers of one step of one walk, `[D]`. */
export type WalkNoise = (label: number, walk: number, step: number) => Vector;

/** Probabilities below this one count as much. */
const leastProbability = 1e-12;

/**
 * EB-CaP, TTA-CaP's successor: no source prototypes; random walks from the sample towards each class
 * instead, thresholds that follow the video, and caches that keep what makes them more diverse.
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
  /** How it decides. */
  readonly settings: EbCapSettings;
  /** What cosines are multiplied with. */
  readonly logitScale: number;
  readonly #classes: readonly Float64Array[];
  #positive: DiverseCache;
  #negative: DiverseCache;
  #thresholds: EntropyThresholds;
  #steps = 0;

  /** Begins with empty caches. */
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

  /** Decides on a window's embedding and learns from it. Noise is drawn, unless it is given. */
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

  /** Says that another video of the same person begins: thresholds begin anew, caches go on. */
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

  /** Noise that depends on the seed and the place alone, so that a step can be repeated. */
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
 * The entropy in nats. Rounded to float32 as in the original: it compares entropies of 1e-11 with each
 * other, where a probability next to 1 must be 1.
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
