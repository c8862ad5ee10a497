import {
  dot,
  largestPlaces,
  softmax,
  unit,
  type Vector,
  weightedSum,
} from "../../numbers/vectors.ts";
import type { CachedStep } from "./step_record.ts";

/** A sample in a cache. */
export interface CachedSample extends CachedStep {
  /** Its embedding at unit length. */
  readonly key: Float64Array;
}

/** A few samples per class, those with the least entropy. */
export class SampleCache {
  readonly #capacity: number;
  readonly #classes: CachedSample[][];

  constructor(classes: number, capacity: number) {
    this.#capacity = capacity;
    this.#classes = Array.from({ length: classes }, () => []);
  }

  /** The samples of each class, least entropy first. */
  get classes(): readonly (readonly CachedSample[])[] {
    return this.#classes;
  }

  /** Adds a sample; a full class drops the one with the most entropy. */
  add(label: number, sample: CachedSample): void {
    const kept = this.#classes[label] as CachedSample[];
    kept.push(sample);
    kept.sort((a, b) => a.entropy - b.entropy);
    kept.length = Math.min(kept.length, this.#capacity);
  }

  /** The weighted sum of the nearest keys of one class or of all, normalised. */
  retrieve(z: Vector, label: number | "all", count: number, sharpness: number): Float64Array {
    const among = label === "all" ? this.#classes.flat() : this.#classes[label] ?? [];
    const { nearest, weights } = weigh(z, among, count, sharpness);
    return unit(weightedSum(z.length, nearest.map(({ key }) => key), weights));
  }

  /** `[C]`: the votes of the nearest keys for each class. They sum to 1, or 0 if the cache is empty. */
  labelScores(z: Vector, count: number, sharpness: number): number[] {
    const { nearest, weights } = weigh(z, this.#classes.flat(), count, sharpness);
    return this.#classes.map((kept) =>
      nearest.reduce(
        (sum, sample, i) => kept.includes(sample) ? sum + (weights[i] as number) : sum,
        0,
      )
    );
  }
}

/** The nearest samples and their weights. */
function weigh(z: Vector, among: readonly CachedSample[], count: number, sharpness: number) {
  const cosines = among.map(({ key }) => dot(key, z));
  const places = largestPlaces(cosines, count);
  return {
    nearest: places.map((i) => among[i] as CachedSample),
    weights: softmax(places.map((i) => cosines[i] as number), sharpness),
  };
}
