import { dot, meanOf, type Vector } from "../tta_cap/vectors.ts";

/** What became of a sample that a cache was offered. */
export type Offer =
  | "first"
  | "appended"
  | "replaced"
  | "refused: no more diverse"
  | "refused: no better than what it would replace";

interface Kept {
  readonly key: Vector;
  readonly entropy: number;
}

/** Samples by class that are kept only if the class becomes more diverse by it. */
export class DiverseCache {
  readonly #capacity: number;
  readonly #replaces: "most entropy" | "least entropy";
  readonly #classes: Kept[][];

  /** A full class gives up its sample of the most, or least, entropy, for one that has less, or more. */
  constructor(classes: number, capacity: number, replaces: "most entropy" | "least entropy") {
    this.#capacity = capacity;
    this.#replaces = replaces;
    this.#classes = Array.from({ length: classes }, () => []);
  }

  /** How many samples each class has. */
  get sizes(): number[] {
    return this.#classes.map(({ length }) => length);
  }

  /** `[C]`: the mean cosine to the samples of each class, 0 for a class without. */
  scores(z: Vector): number[] {
    return this.#classes.map((kept) =>
      kept.length === 0 ? 0 : kept.reduce((sum, { key }) => sum + dot(key, z), 0) / kept.length
    );
  }

  /** Takes a sample, or not. */
  offer(label: number, key: Vector, entropy: number): Offer {
    const kept = this.#classes[label] as Kept[], sample = { key, entropy };
    if (kept.length === 0) {
      kept.push(sample);
      return "first";
    }
    if (kept.length < this.#capacity) {
      if (!(spread([...kept, sample]) > spread(kept))) return "refused: no more diverse";
      kept.push(sample);
      return "appended";
    }
    const sign = this.#replaces === "most entropy" ? 1 : -1;
    const at = kept.reduce(
      (best, one, i) => sign * one.entropy > sign * (kept[best]?.entropy ?? NaN) ? i : best,
      0,
    );
    if (!(sign * entropy < sign * (kept[at]?.entropy ?? NaN))) {
      return "refused: no better than what it would replace";
    }
    const changed = kept.with(at, sample);
    if (!(spread(changed) > spread(kept))) return "refused: no more diverse";
    kept[at] = sample;
    return "replaced";
  }
}

/** The mean over features of the population's variance. */
function spread(kept: readonly Kept[]): number {
  const mean = meanOf(kept.map(({ key }) => key));
  let squares = 0;
  for (const { key } of kept) {
    for (const [d, x] of mean.entries()) squares += ((key[d] as number) - x) ** 2;
  }
  return squares / kept.length / mean.length;
}
