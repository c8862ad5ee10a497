import { splitSubjects } from "../../data/split_subjects.ts";
import type { Device } from "../../engine/mod.ts";
import { modalities as allModalities, type Modality } from "../../model/conflict_fusion/sizes.ts";
import type { FrameHead } from "../../model/frame_fusion/frame_file.ts";
import { FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import {
  type FrameForm,
  type FrameSizes,
  usualFrameSizes,
} from "../../model/frame_fusion/sizes.ts";
import { computeScores, type Scores } from "../../numbers/scores/scores.ts";
import { type ClipFrames, modalitiesIn, scalesOf, toFrames } from "./clip_frames.ts";
import { probabilitiesOfFrames, togetherOf } from "./decide_frames.ts";
import { BestEpoch, type ChosenEpoch, officialFramePrecision } from "./best_epoch.ts";
import type { FitProgress } from "./fit_fusion.ts";
import { type FramedClip, type FrameFitting, frameProtocols, trainFrames } from "./train_frames.ts";

/** A labelled clip of a person, frame by frame. */
export interface PersonFrames extends ClipFrames {
  readonly subject: string;
  readonly label: number;
}

/** What is to be learnt, and how. */
export interface FrameFit {
  readonly form: FrameForm;
  readonly classes: number;
  /** The width of the face's features. */
  readonly faceWidth: number;
  /** What it looks at, as far as it is there. */
  readonly uses?: readonly Modality[];
  readonly training: FrameFitting;
  /** The share of clips whose people are not trained on; 0: everyone is. */
  readonly heldShare: number;
  /** Other channels and widths than the authors'. */
  readonly sizes?: (usual: FrameSizes) => FrameSizes;
}

/** A model that was learnt from people's clips. */
export interface FittedFrames
  extends Pick<FrameHead, "parameters" | "scales" | "window" | "hop" | "trainedOn"> {
  /** The epoch that the people held out chose; undefined where the last was kept. */
  readonly chosen: ChosenEpoch | undefined;
  /** How well it does on the people held out; undefined where nobody was. */
  readonly heldOut: Scores | undefined;
}

/**
 * Learns LFAN or CAN from people's clips, whose frames all have the clip's label. In the plain protocol nothing
 * is chosen by the people held out; in the official one they choose the epoch, if any of them is of the second
 * class.
 */
export async function fitFrames(
  device: Device,
  seen: readonly PersonFrames[],
  { form, classes, faceWidth, uses = allModalities, training, heldShare, sizes: other }: FrameFit,
  progress: FitProgress = {},
): Promise<FittedFrames> {
  const people = (clips: readonly PersonFrames[]) =>
    new Set(clips.map(({ subject }) => subject)).size;
  const { train, held } = heldShare > 0 && people(seen) > 1
    ? splitSubjects(seen, heldShare, training.seed)
    : { train: seen, held: [] };
  const used = modalitiesIn(train, faceWidth, uses);
  if (used.length === 0) {
    throw new TypeError(`Cannot learn from ${train.length} clips: none has ${uses.join(" or ")}`);
  }
  const usual = { ...usualFrameSizes(form, used), classes }, sizes = other?.(usual) ?? usual;
  // As the authors do: they measure against those held out as well.
  const measured = training.protocol === "official" ? seen : train;
  const scales = scalesOf(measured, faceWidth, used);
  const framed = (clips: readonly PersonFrames[]) =>
    clips.map((clip) => ({ ...clip, features: toFrames(clip, faceWidth, used, scales) }));
  const { window, hop } = frameProtocols[training.protocol];
  const heldClips = framed(held);
  const best = training.protocol === "official" && held.length > 0
    ? new BestEpoch((seen) => officialFramePrecision(device, seen, heldClips, { window, hop }))
    : undefined;
  const last = await trainFrames(device, sizes, framed(train), training, progress, best);
  const { parameters = last, chosen } = best?.kept ?? {};
  return {
    ...{ parameters, scales, window, hop, chosen },
    trainedOn: { people: people(train), clips: train.length },
    heldOut: held.length === 0
      ? undefined
      : await scoreFrames(device, { parameters, window, hop }, heldClips),
  };
}

async function scoreFrames(
  device: Device,
  head: Pick<FittedFrames, "parameters" | "window" | "hop">,
  clips: readonly (PersonFrames & FramedClip)[],
): Promise<Scores> {
  using reader = new FrameReader(device, head.parameters);
  const scored: { subject: string; label: number; probabilities: number[] }[] = [];
  for (const { subject, label, features } of clips) {
    const frames = await probabilitiesOfFrames(reader, features, head);
    scored.push({ subject, label, probabilities: togetherOf(frames) });
  }
  return computeScores(scored, head.parameters.sizes.classes);
}
