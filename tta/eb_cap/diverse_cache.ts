import { average, dot, meanOf, squaredDistance, type Vector } from "../../numbers/vectors.ts";

/** What happened to a sample offered to a cache. */
export interface Offer {
  /** The cache. */
  readonly cache: "positive" | "negative";
  /** The class under which it was offered. */
  readonly label: number;
  /** Whether it is kept. */
  readonly kept: boolean;
  /** The number of samples that the class had. */
  readonly sizeBefore: number;
  /** The index of the sample that it would replace; absent if there is room. */
  readonly replaces: number | undefined;
  /** Whether its entropy is better than that sample's. */
  readonly better: boolean;
  /** The mean variance of the class's features without it. */
  readonly spreadBefore: number;
  /** The same with it. */
  readonly spreadAfter: number;
}

interface Kept {
  readonly key: Vector;
  readonly entropy: number;
}

/** Samples by class; a new one is kept only if it makes the class more diverse. */
export class DiverseCache {
  readonly #name: "positive" | "negative";
  readonly #capacity: number;
  readonly #classes: Kept[][];

  /** A full class replaces its highest entropy by a lower one if positive, its lowest by a higher one if negative. */
  constructor(name: "positive" | "negative", classes: number, capacity: number) {
    this.#name = name;
    this.#capacity = capacity;
    this.#classes = Array.from({ length: classes }, () => []);
  }

  /** How many samples each class has. */
  get sizes(): number[] {
    return this.#classes.map(({ length }) => length);
  }

  /** `[C]`: the mean cosine to the samples of each class; 0 for an empty class. */
  scores(z: Vector): number[] {
    return this.#classes.map((kept) =>
      kept.length === 0 ? 0 : average(kept.map(({ key }) => dot(key, z)))
    );
  }

  /** Keeps a sample or rejects it. The first of a class is always kept. */
  offer(label: number, key: Vector, entropy: number): Offer {
    const kept = this.#classes[label] as Kept[], sample = { key, entropy };
    const sign = this.#name === "positive" ? 1 : -1;
    const replaces = kept.length < this.#capacity ? undefined : kept.reduce(
      (best, one, i) => sign * one.entropy > sign * (kept[best]?.entropy ?? NaN) ? i : best,
      0,
    );
    const changed = replaces === undefined ? [...kept, sample] : kept.with(replaces, sample);
    const better = replaces === undefined ||
      sign * entropy < sign * (kept[replaces]?.entropy ?? NaN);
    const spreadBefore = spread(kept), spreadAfter = spread(changed);
    const takes = kept.length === 0 || (better && spreadAfter > spreadBefore);
    if (takes) this.#classes[label] = changed;
    return {
      cache: this.#name,
      label,
      kept: takes,
      sizeBefore: kept.length,
      replaces,
      better,
      spreadBefore,
      spreadAfter,
    };
  }
}

/** The population's variance, averaged over features. */
function spread(kept: readonly Kept[]): number {
  if (kept.length === 0) return 0;
  const mean = meanOf(kept.map(({ key }) => key));
  return average(kept.map(({ key }) => squaredDistance(key, mean))) / mean.length;
}
