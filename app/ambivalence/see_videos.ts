import type { Dataset, DatasetClip } from "../../data/dataset.ts";
import { findResting } from "../../data/resting_clips.ts";
import type { Clip } from "../../model/clip/clip.ts";
import { modalities, type Modality } from "../../model/conflict_fusion/sizes.ts";
import type { PersonFrames } from "../../tta/ambivalence/fit_frames.ts";
import { holdOut } from "../../tta/ambivalence/fit_fusion.ts";
import { framesOf } from "../../tta/ambivalence/frame_methods.ts";
import { KnownClips } from "../../tta/ambivalence/known_clips.ts";
import { centreClips, type KnownRest } from "../../tta/ambivalence/resting_faces.ts";
import type { PersonClip } from "../../tta/ambivalence/train_fusion.ts";
import { countdown, say } from "../terminal/status_line.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { AmbivalenceTraining } from "./train_options.ts";

/** A labelled video as each of the models learns from it. */
export type SeenVideo = PersonClip & PersonFrames;

/** Modalities in words. */
const named: Readonly<Record<Modality, string>> = {
  video: "a face",
  text: "words",
  audio: "a voice",
};

/** Sees, reads and hears all videos, and makes faces relative to resting ones where that is asked for. */
export async function seeVideos(
  dataset: Dataset,
  clips: readonly DatasetClip[],
  clip: Clip,
  options: AmbivalenceTraining,
  signal: AbortSignal,
): Promise<{ readonly seen: readonly SeenVideo[]; readonly rest: KnownRest | undefined }> {
  const show = countdown(clips.length, "videos seen"), known = KnownClips.of(clip);
  const there: (DatasetClip & { features(): Promise<Float32Array> })[] = [];
  for (const [i, one] of clips.entries()) {
    const faces = await dataset.features(one, signal);
    const read = { ...one, features: () => Promise.resolve(faces) };
    if (Object.keys(await known.know(read)).length > 0) there.push(read);
    else say(`${one.id} is left out: it has neither a face nor words nor a voice`);
    show(i + 1);
  }
  const made = await centre(there, clip.config.embedding, options);
  const seen: SeenVideo[] = [];
  for (const one of made.clips) {
    signal.throwIfAborted();
    const { subject, label } = one, all = await known.know(one);
    seen.push({ subject, label, known: all, ...await framesOf(one, known) });
  }
  const counts = modalities.map((name) =>
    `${seen.filter((one) => one.known[name] !== undefined).length} with ${named[name]}`
  );
  say(`${seen.length} videos: ${counts.join(", ")}`);
  return { seen, rest: made.rest };
}

/** With `--centred`, faces relative to resting ones; the videos of rest are then not learnt from. */
async function centre<T extends DatasetClip & { features(): Promise<Float32Array> }>(
  clips: readonly T[],
  width: number,
  { centred, learns, heldShare }: AmbivalenceTraining,
): Promise<{ readonly clips: readonly T[]; readonly rest: KnownRest | undefined }> {
  if (!centred) return { clips, rest: undefined };
  const found = findResting(clips, centred.rule, centred.videos);
  const resting = [...found.values()].flat(), aside = new Set(resting);
  const others = clips.filter((one) => !aside.has(one));
  if (resting.length === 0) {
    throw new UsageError(
      `Cannot train with --centred: no video is of rest (${centred.rule.about})`,
    );
  }
  const split = holdOut(others, { training: learns.training, heldShare });
  const teachers = new Set(split.train.map(({ subject }) => subject));
  const { neutral, rest, clips: made } = await centreClips(resting, others, { width, teachers });
  const all = new Set(clips.map(({ subject }) => subject)).size;
  say(
    `${resting.length} videos of ${found.size} people at rest (${centred.rule.about}), which are not ` +
      `learnt from otherwise${
        found.size < all ? `; of ${all - found.size} the resting face is found` : ""
      }`,
  );
  return { clips: made, rest: { neutral, rest } };
}
