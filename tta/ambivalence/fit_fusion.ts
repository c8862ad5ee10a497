import { type Split, splitSubjects } from "../../data/split_subjects.ts";
import type { Device } from "../../engine/mod.ts";
import { ConflictReader, usualWordsShare } from "../../model/conflict_fusion/conflict_reader.ts";
import type { ConflictParameters } from "../../model/conflict_fusion/parameters.ts";
import {
  type ConflictSizes,
  modalities,
  type Modality,
  usualConflictSizes,
} from "../../model/conflict_fusion/sizes.ts";
import { onScale, type VoiceScale, voiceScale } from "../../model/conflict_fusion/voice_scale.ts";
import { computeScores, type Scores } from "../../numbers/scores/scores.ts";
import {
  chooseWordsShare,
  findModalities,
  type FusionTraining,
  type PersonClip,
  trainFusion,
} from "./train_fusion.ts";

/** What is to be learnt, and how. */
export interface FusionFit {
  readonly form: ConflictSizes["form"];
  /** What it looks at, as far as it is there. */
  readonly uses?: readonly Modality[];
  readonly classes: number;
  readonly training: FusionTraining;
  /** The share of clips whose people are not trained on. */
  readonly heldShare?: number | undefined;
  /** Other sizes than the usual ones. */
  readonly sizes?: Partial<Pick<ConflictSizes, "width" | "hidden">>;
}

/** A fusion that was learnt from people's clips. */
export interface FittedFusion {
  readonly parameters: ConflictParameters;
  readonly voice: VoiceScale | undefined;
  readonly wordsShare: number;
  /** Who and what it learnt from. */
  readonly trainedOn: { readonly people: number; readonly clips: number };
  /** How well it does on the people held out; undefined where nobody was. */
  readonly heldOut: Scores | undefined;
}

/** Whom fusion is learnt from and who is held out, as `fitFusion()` has it; a single person is learnt from. */
export function holdOut<T extends { readonly subject: string }>(
  seen: readonly T[],
  { training, heldShare = 0.2 }: Pick<FusionFit, "heldShare"> & {
    readonly training: Pick<FusionTraining, "seed">;
  },
): Split<T> {
  const people = new Set(seen.map(({ subject }) => subject)).size;
  return people > 1 ? splitSubjects(seen, heldShare, training.seed) : { train: seen, held: [] };
}

/** Tells how far a training is. */
export interface FitProgress {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: number) => void) | undefined;
}

/**
 * Learns fusion from people's clips. Nothing is chosen by the people held out but how much the words alone
 * count: the number of steps is fixed.
 */
export async function fitFusion(
  device: Device,
  seen: readonly PersonClip[],
  { form, uses = modalities, classes, training, heldShare, sizes: other }: FusionFit,
  progress: FitProgress = {},
): Promise<FittedFusion> {
  const split = holdOut(seen, { training, heldShare });
  const voice = voiceScale(split.train.map(({ known }) => known));
  const scaled = (clips: readonly PersonClip[]) =>
    clips.map((clip) => ({ ...clip, known: onScale(clip.known, voice) }));
  const train = scaled(split.train), held = scaled(split.held);
  const used = findModalities(train.map(({ known }) => known), uses);
  if (used.length === 0) {
    throw new TypeError(
      `Cannot learn from ${train.length} clips: none has ${uses.join(" or ")}`,
    );
  }
  const sizes = { ...usualConflictSizes(form, used), ...other, classes };
  const parameters = await trainFusion(device, sizes, train, training, progress);
  const wordsShare = used.length > 1 && form !== "linear"
    ? await chooseWordsShare(device, parameters, held)
    : usualWordsShare;
  return {
    parameters,
    voice,
    wordsShare,
    trainedOn: {
      people: new Set(train.map(({ subject }) => subject)).size,
      clips: train.length,
    },
    heldOut: held.length === 0
      ? undefined
      : await scoreFusion(device, parameters, held, wordsShare),
  };
}

/** Scores fusion on clips whose voices are on its scale. */
export async function scoreFusion(
  device: Device,
  parameters: ConflictParameters,
  clips: readonly PersonClip[],
  wordsShare: number,
): Promise<Scores> {
  using reader = await ConflictReader.open(device, parameters);
  const decided = await reader.decide(clips.map(({ known }) => known), wordsShare);
  const scored = clips.map((clip, i) => ({
    ...clip,
    probabilities: decided[i]?.probabilities ?? [],
  }));
  return computeScores(scored, parameters.sizes.classes);
}
