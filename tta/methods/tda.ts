import { dot, entropyOf, largestAt, meanDirection, softmax } from "../../numbers/vectors.ts";
import { type MethodEntry, methodOf, type UnlabelledClip } from "./method.ts";
import { embedClasses, zeroShot, zeroShotLogits } from "./zero_shot.ts";

/** The settings of a cache. */
export interface CacheSettings {
  /** Most entries per class. */
  readonly capacity: number;
  /** The weight of its logits. */
  readonly share: number;
  /** How much more near entries count than far ones. */
  readonly sharpness: number;
}

/** The published settings. */
export const tdaSettings = {
  positive: { capacity: 3, share: 2, sharpness: 5 },
  negative: { capacity: 2, share: 0.117, sharpness: 1 },
  /** A clip is ambiguous if its entropy, divided by ln C, lies between these. */
  ambiguous: [0.2, 0.5],
  /** The negative cache speaks against classes with probabilities between these. */
  denied: [0.03, 1],
} as const;

interface Entry {
  readonly key: Float64Array;
  readonly entropy: number;
  /** `[C]`: its vote for each class. */
  readonly values: readonly number[];
}

/** Entries by predicted class, the most confident ones of each. */
export class ClassCache {
  readonly #settings: CacheSettings;
  readonly #entries = new Map<number, Entry[]>();

  constructor(settings: CacheSettings) {
    this.#settings = settings;
  }

  /** Keeps an entry if its class has room or the entry is more confident than its least confident one. */
  offer(label: number, entry: Entry): void {
    const entries = this.#entries.get(label) ?? [];
    if (entries.length < this.#settings.capacity) entries.push(entry);
    else if (entry.entropy < (entries.at(-1)?.entropy ?? -Infinity)) {
      entries[entries.length - 1] = entry;
    }
    this.#entries.set(label, entries.sort((a, b) => a.entropy - b.entropy));
  }

  /** The logits that its entries give a normalised vector. */
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
 * TDA (Karmanov et al., CVPR 2024) on clips: a positive cache of clips that CLIP is confident about,
 * and a negative one of ambiguous clips, which votes against classes. It needs no gradients. The caches
 * belong to one person and grow from clip to clip.
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
    const decide = async (video: UnlabelledClip) => {
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
      return softmax(base.map((x, c) => x + (more[c] ?? NaN) - (less[c] ?? NaN)));
    };
    return methodOf(decide, () => {
      [sure, unsure] = caches();
    });
  },
};
