import { encodeAll } from "../../data/dataset.ts";
import type { EncodedDataset } from "../../data/encoded_dataset.ts";
import type { FoundClip } from "../../data/find_media.ts";
import type { Split } from "../../data/split_subjects.ts";
import { keepFeatures } from "../../train/keep_features.ts";
import { type Sample, sampleOf } from "../../train/sample.ts";
import { countdown, say } from "../terminal/status_line.ts";
import { checkClasses, type ChosenClips } from "./choose_clips.ts";

/** The samples whose videos show a face. */
export interface SeenSamples extends Split<Sample> {
  readonly reported: readonly Sample[];
}

/** Computes features that are not kept yet, and leaves out videos without a face. */
export async function seeSamples(
  dataset: EncodedDataset,
  { classes, split, reported }: ChosenClips,
  signal: AbortSignal,
): Promise<SeenSamples> {
  const onClip = countdown(dataset.clips.length, "videos seen");
  const faceless = await encodeAll(dataset, dataset.clips, { signal, onClip });
  for (const id of faceless) say(`${id} is left out: no face is seen in it`);
  const seen = (clips: readonly FoundClip[]) => clips.filter(({ id }) => !faceless.has(id));
  const left = { train: seen(split.train), held: seen(split.held) };
  if (split.held.length > 0 && left.held.length === 0) {
    throw new Error("Cannot train: no video held out shows a face");
  }
  if (faceless.size > 0) checkClasses(left, classes);
  const parts = [left.train, left.held, seen(reported)];
  const all = keepFeatures(
    await Promise.all(parts.flat().map((clip) => sampleOf(dataset, clip))),
  );
  const [train, held, others] = parts.map(({ length }) => all.splice(0, length));
  return { train: train ?? [], held: held ?? [], reported: others ?? [] };
}
