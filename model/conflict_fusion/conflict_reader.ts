import { type Device, type Plan, record, type Tensor } from "../../engine/mod.ts";
import { softmax } from "../../numbers/vectors.ts";
import { batchInputs, type KnownClip, writeBatch } from "./clip_batch.ts";
import { fuseConflict } from "./conflict_fusion.ts";
import { conflictInputs, type ConflictParameters, writeConflict } from "./parameters.ts";
import type { ConflictSizes } from "./sizes.ts";

/** How much the words alone count in the decision, where there are words; chosen on held-out clips. */
export const usualWordsShare = 0.3;

/** What a model says of one clip. */
export interface ConflictDecision {
  /** Of the classes, blended. */
  readonly probabilities: readonly number[];
  /** Of everything that is known, before the words alone are blended in. */
  readonly fused: readonly number[];
  /** Of the words alone, where there are some. */
  readonly words?: readonly number[] | undefined;
}

/** Clips in a batch. */
const batch = 16;

/** Decides on clips by a trained conflict fusion model. */
export class ConflictReader implements Disposable {
  readonly sizes: ConflictSizes;
  readonly #device: Device;
  readonly #plan: Plan<Tensor[]>;

  private constructor(device: Device, sizes: ConflictSizes, plan: Plan<Tensor[]>) {
    this.#device = device;
    this.sizes = sizes;
    this.#plan = plan;
  }

  static async open(device: Device, parameters: ConflictParameters): Promise<ConflictReader> {
    const { sizes } = parameters;
    const plan = await record(device, (r) => {
      const weights = conflictInputs(r, sizes);
      const { main, words } = fuseConflict(r, sizes, weights, batchInputs(r, sizes, batch));
      return words ? [main, words] : [main];
    });
    writeConflict(plan, parameters);
    return new ConflictReader(device, sizes, plan);
  }

  /** A decision for each clip. */
  async decide(
    clips: readonly KnownClip[],
    wordsShare = usualWordsShare,
  ): Promise<ConflictDecision[]> {
    const { classes } = this.sizes, decided: ConflictDecision[] = [];
    for (let first = 0; first < clips.length; first += batch) {
      const some = clips.slice(first, first + batch);
      writeBatch(this.#plan, this.sizes, batch, some);
      this.#plan.run();
      const [main = [], words = []] = await this.#device.read(this.#plan.outputs);
      const row = (numbers: ArrayLike<number>, i: number) =>
        softmax(Array.from(numbers).slice(i * classes, (i + 1) * classes));
      for (const [i, { text }] of some.entries()) {
        const spoken = text === undefined || words.length === 0 ? undefined : row(words, i);
        decided.push(blend(row(main, i), spoken, wordsShare));
      }
    }
    return decided;
  }

  /** Frees all memory. */
  [Symbol.dispose](): void {
    this.#plan[Symbol.dispose]();
  }
}

/** Blends the decision by the words alone into the other, where there are words. */
export function blend(
  fused: readonly number[],
  words: readonly number[] | undefined,
  share: number,
): ConflictDecision {
  const probabilities = words
    ? fused.map((p, i) => (1 - share) * p + share * (words[i] as number))
    : fused;
  return { probabilities, fused, ...words && { words } };
}
