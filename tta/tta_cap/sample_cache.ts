import { softmax } from "../../numbers/probabilities.ts";
import { dot, largestPlaces, unit, type Vector, weightedSum } from "../../numbers/vectors.ts";

/** A sample in a cache. */
export interface CachedSample {
  /** The step that it was seen in. */
  readonly step: number;
  /** Of its decision: the cache keeps those that have the least. */
  readonly entropy: number;
  /** Its embedding at unit length. */
  readonly key: Float64Array;
}

/** Samples by class, those of the least entropy first, and a few of each class only. */
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

  /** Keeps a sample, or the others: a full class loses whichever has most entropy. */
  add(label: number, sample: CachedSample): void {
    const kept = this.#classes[label] as CachedSample[];
    kept.push(sample);
    kept.sort((a, b) => a.entropy - b.entropy);
    kept.length = Math.min(kept.length, this.#capacity);
  }

  /** The nearest keys of one class, or of all of them: their weighted sum at unit length. */
  retrieve(z: Vector, label: number | "all", count: number, sharpness: number): Float64Array {
    const among = label === "all" ? this.#classes.flat() : this.#classes[label] ?? [];
    const { nearest, weights } = weigh(z, among, count, sharpness);
    return unit(weightedSum(z.length, nearest.map(({ key }) => key), weights));
  }

  /** How much the nearest keys of all classes speak for each class, `[C]`: together 1, or nothing. */
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

/** The nearest samples, and how much each counts. */
function weigh(z: Vector, among: readonly CachedSample[], count: number, sharpness: number) {
  const cosines = among.map(({ key }) => dot(key, z));
  const places = largestPlaces(cosines, count);
  return {
    nearest: places.map((i) => among[i] as CachedSample),
    weights: softmax(places.map((i) => cosines[i] as number), sharpness),
  };
}
