import { shuffled } from "../../data/split_subjects.ts";
import { type Device, Rng } from "../../engine/mod.ts";
import type { KnownClip } from "../../model/conflict_fusion/clip_batch.ts";
import { ConflictReader, usualWordsShare } from "../../model/conflict_fusion/conflict_reader.ts";
import {
  ConflictTrainer,
  conflictTraining,
  type LabelledClip,
} from "../../model/conflict_fusion/conflict_trainer.ts";
import {
  type ConflictParameters,
  initialConflict,
} from "../../model/conflict_fusion/parameters.ts";
import {
  type ConflictSizes,
  modalities,
  type Modality,
  type ModalitySize,
} from "../../model/conflict_fusion/sizes.ts";
import { computeScores } from "../../numbers/scores/scores.ts";

/** A labelled clip of a person. */
export interface PersonClip extends LabelledClip {
  readonly subject: string;
}

/** How fusion is trained. */
export interface FusionTraining {
  readonly steps: number;
  /** Clips in a step. */
  readonly batch: number;
  readonly rate: number;
  /** The share of clips from which a modality is taken away in training, each time they are seen. */
  readonly taken: number;
  readonly seed: number;
}

/** The usual settings. */
export const usualFusionTraining: FusionTraining = {
  steps: 300,
  batch: 64,
  rate: conflictTraining.rate,
  taken: 0.3,
  seed: 1,
};

/** Which modalities of these clips there are, and how wide they are. */
export function findModalities(
  clips: readonly KnownClip[],
  wanted: readonly Modality[] = modalities,
): ModalitySize[] {
  return wanted.flatMap((name) => {
    const width = clips.find((clip) => clip[name])?.[name]?.length;
    return width === undefined ? [] : [{ name, width, mayLack: true }];
  });
}

/**
 * Trains fusion, from parameters or from the start, on clips whose voices are on one scale. Classes count
 * alike, however often they occur.
 */
export async function trainFusion(
  device: Device,
  sizes: ConflictSizes,
  clips: readonly LabelledClip[],
  { steps, batch, rate, taken, seed }: FusionTraining,
  { signal, onStep, start = initialConflict(sizes, seed) }: {
    readonly start?: ConflictParameters | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onStep?: ((step: number) => void) | undefined;
  } = {},
): Promise<ConflictParameters> {
  const rng = new Rng(seed), size = Math.min(batch, clips.length);
  const classWeights = Array.from({ length: sizes.classes }, (_, label) => {
    const count = clips.filter((clip) => clip.label === label).length;
    return count === 0 ? 0 : clips.length / (sizes.classes * count);
  });
  const settings = { ...conflictTraining, rate };
  using trainer = await ConflictTrainer.open(device, start, size, settings);
  let order: LabelledClip[] = [], epoch = 0;
  for (let step = 1; step <= steps; step++) {
    signal?.throwIfAborted();
    if (order.length < size) order = [...order, ...shuffled(clips, seed + ++epoch)];
    const some = order.splice(0, size);
    await trainer.step(some.map((clip) => lessOf(clip, taken, rng)), classWeights);
    onStep?.(step);
  }
  return await trainer.read();
}

/** A clip, sometimes without one of its modalities, so that the model learns to do without. */
function lessOf({ known, label }: LabelledClip, share: number, rng: Rng): LabelledClip {
  const there = modalities.filter((name) => known[name] !== undefined);
  const [first, ...others] = there;
  if (rng.uniform() >= share || first === undefined || others.length === 0) return { known, label };
  const { [rng.pick([first, ...others])]: _, ...left } = known;
  return { known: left, label };
}

/** Shares of the words alone that are tried. */
const shares = [0, 0.15, usualWordsShare, 0.5];

/** Chooses how much the words alone count, by the mean F1 on clips that were not trained on. */
export async function chooseWordsShare(
  device: Device,
  parameters: ConflictParameters,
  held: readonly PersonClip[],
): Promise<number> {
  if (held.length === 0) return usualWordsShare;
  using reader = await ConflictReader.open(device, parameters);
  const scored: { share: number; f1: number }[] = [];
  for (const share of shares) {
    const decided = await reader.decide(held.map(({ known }) => known), share);
    const clips = held.map(({ subject, label }, i) => ({
      subject,
      label,
      probabilities: decided[i]?.probabilities ?? [],
    }));
    scored.push({ share, f1: computeScores(clips, parameters.sizes.classes).f1 });
  }
  return scored.reduce((best, one) => one.f1 > best.f1 ? one : best).share;
}
