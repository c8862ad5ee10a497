import { entropyOf, softmax } from "../../numbers/probabilities.ts";
import { dot, largestAt, meanDirection } from "../../numbers/vectors.ts";
import { embedClasses, zeroShotLogits } from "./class_prompts.ts";
import type { MethodEntry } from "./method.ts";
import { zeroShot } from "./zero_shot.ts";

/** How a cache counts. */
export interface CacheSettings {
  /** Entries of a class. */
  readonly capacity: number;
  /** How much its logits count. */
  readonly share: number;
  /** How much nearer entries count than farther ones. */
  readonly sharpness: number;
}

/** The published settings of the two caches, and what the negative one takes and says. */
export const tdaSettings = {
  positive: { capacity: 3, share: 2, sharpness: 5 },
  negative: { capacity: 2, share: 0.117, sharpness: 1 },
  /** Entropies, as a share of the largest that there is, between which a clip is ambiguous. */
  ambiguous: [0.2, 0.5],
  /** Probabilities between which a class is said not to be the one. */
  denied: [0.03, 1],
} as const;

interface Entry {
  readonly key: Float64Array;
  readonly entropy: number;
  /** `[C]`: how much it says for each class. */
  readonly values: readonly number[];
}

/** Entries by predicted class, the most certain ones of each. */
export class ClassCache {
  readonly #settings: CacheSettings;
  readonly #entries = new Map<number, Entry[]>();

  constructor(settings: CacheSettings) {
    this.#settings = settings;
  }

  /** Takes an entry if its class has room, or if it is more certain than the least certain one. */
  offer(label: number, entry: Entry): void {
    const entries = this.#entries.get(label) ?? [];
    if (entries.length < this.#settings.capacity) entries.push(entry);
    else if (entry.entropy < (entries.at(-1)?.entropy ?? -Infinity)) {
      entries[entries.length - 1] = entry;
    }
    this.#entries.set(label, entries.sort((a, b) => a.entropy - b.entropy));
  }

  /** What its entries say of a vector at unit length. */
  logits(x: Float64Array, classes: number): number[] {
    const { share, sharpness } = this.#settings, sums = new Array<number>(classes).fill(0);
    for (const { key, values } of [...this.#entries.values()].flat()) {
      const weight = share * Math.exp(sharpness * (dot(x, key) - 1));
      for (const [c, value] of values.entries()) sums[c] = (sums[c] ?? NaN) + weight * value;
    }
    return sums;
  }
}

/**
 * TDA (Karmanov et al., CVPR 2024) on clips: a positive cache of clips that CLIP was sure of, and a
 * negative one of those that it was not, which says what they are not. No gradient. The caches are one
 * person's, and grow from clip to clip.
 */
export const tda: MethodEntry = {
  name: "tda",
  about: "TDA: zero-shot with a positive and a negative cache of the person's clips",
  needs: [],
  settings: tdaSettings,
  base: zeroShot,
  async open({ clip, classes }) {
    const texts = await embedClasses(clip, classes), width = clip.config.embedding;
    const { positive, negative, ambiguous: [least, most], denied: [low, high] } = tdaSettings;
    const caches = () => [new ClassCache(positive), new ClassCache(negative)] as const;
    let [sure, unsure] = caches();
    return {
      begin() {
        [sure, unsure] = caches();
      },
      async decide(video) {
        const key = meanDirection(await video.features(), width), base = zeroShotLogits(texts, key);
        const probabilities = softmax(base), entropy = entropyOf(probabilities);
        const label = largestAt(base), said = classes.map((_, c) => Number(c === label));
        sure.offer(label, { key, entropy, values: said });
        const doubt = entropy / Math.log(classes.length);
        if (doubt > least && doubt < most) {
          const values = probabilities.map((p) => Number(p > low && p < high));
          unsure.offer(label, { key, entropy, values });
        }
        const more = sure.logits(key, classes.length), less = unsure.logits(key, classes.length);
        const logits = base.map((x, c) => x + (more[c] ?? NaN) - (less[c] ?? NaN));
        return { probabilities: Float32Array.from(softmax(logits)) };
      },
      [Symbol.dispose]() {},
    };
  },
};
