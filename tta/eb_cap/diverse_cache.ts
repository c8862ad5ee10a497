import { average, dot, meanOf, squaredDistance, type Vector } from "../../numbers/vectors.ts";

/** What a cache made of a sample that it was offered. */
export interface Offer {
  /** Which cache it was offered to. */
  readonly cache: "positive" | "negative";
  /** As a sample of which class. */
  readonly label: number;
  /** Whether it is kept. */
  readonly kept: boolean;
  /** How many samples the class had. */
  readonly sizeBefore: number;
  /** The place of the sample that it would replace; absent where there is room. */
  readonly replaces: number | undefined;
  /** Whether its entropy speaks for it against that one. */
  readonly better: boolean;
  /** The mean variance of the class's features without it and with it. */
  readonly spreadBefore: number;
  /** With it. */
  readonly spreadAfter: number;
}

interface Kept {
  readonly key: Vector;
  readonly entropy: number;
}

/** Samples by class that are kept only if the class becomes more diverse by it. */
export class DiverseCache {
  readonly #name: "positive" | "negative";
  readonly #capacity: number;
  readonly #classes: Kept[][];

  /** A full class of the positive gives up most entropy for less, of the negative least for more. */
  constructor(name: "positive" | "negative", classes: number, capacity: number) {
    this.#name = name;
    this.#capacity = capacity;
    this.#classes = Array.from({ length: classes }, () => []);
  }

  /** How many samples each class has. */
  get sizes(): number[] {
    return this.#classes.map(({ length }) => length);
  }

  /** `[C]`: the mean cosine to the samples of each class, 0 for a class without. */
  scores(z: Vector): number[] {
    return this.#classes.map((kept) =>
      kept.length === 0 ? 0 : average(kept.map(({ key }) => dot(key, z)))
    );
  }

  /** Takes a sample, or not. The first of a class is always taken. */
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

/** The mean over features of the population's variance. */
function spread(kept: readonly Kept[]): number {
  if (kept.length === 0) return 0;
  const mean = meanOf(kept.map(({ key }) => key));
  return average(kept.map(({ key }) => squaredDistance(key, mean))) / mean.length;
}
