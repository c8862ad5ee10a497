import type { FrameHead } from "../../model/frame_fusion/frame_file.ts";
import type { FrameReader } from "../../model/frame_fusion/frame_reader.ts";
import type { Modality } from "../../model/conflict_fusion/sizes.ts";
import { unit } from "../../numbers/vectors.ts";
import { type ClipFrames, toFrames } from "../../tta/ambivalence/clip_frames.ts";
import { probabilitiesOfFrames, togetherOf } from "../../tta/ambivalence/decide_frames.ts";
import type { Observation } from "../observe.ts";
import { type AmbivalenceDecider, ambivalent, type SpokenParts } from "./decider.ts";

/**
 * Decides by LFAN or CAN, which look at every frame and what came before it. A stretch of a video is what its
 * frames are in the mean; the video is decided on again without its face, its words and its voice. Sentences
 * are spread over frames and the voice is that of the video, as in training.
 *
 * @param seconds When the last frame is shown.
 */
export async function decideByFrames(
  reader: FrameReader,
  head: Pick<FrameHead, "scales" | "window" | "hop">,
  { seen, features }: Pick<Observation, "seen" | "features">,
  parts: SpokenParts,
  seconds: number,
  faceWidth: number,
): Promise<AmbivalenceDecider> {
  const { modalities } = reader.sizes, used = new Set(modalities.map(({ name }) => name));
  const clip: ClipFrames = {
    faces: features,
    sentences: used.has("text") ? parts.sentences.map((one) => unit(one.features)) : [],
    voice: used.has("audio") ? parts.voice?.(0, seconds) : undefined,
  };
  const there = {
    video: used.has("video") ? features.length : 0,
    text: clip.sentences.length,
    audio: clip.voice?.length,
  };
  const uses = (Object.keys(there) as Modality[]).filter((name) => there[name]);
  const frames = toFrames(clip, faceWidth, modalities, head.scales);
  const all = await probabilitiesOfFrames(reader, frames, head);
  const without = new Map<Modality, Float64Array[]>();
  for (const name of uses.length > 1 ? uses : []) {
    // What a clip lacks is zeros.
    const less = { ...frames, [name]: new Float32Array(frames[name]?.length ?? 0) };
    without.set(name, await probabilitiesOfFrames(reader, less, head));
  }
  return {
    decideWhole: () => Promise.resolve({ probabilities: togetherOf(all), uses }),
    decideMoment({ first, last }) {
      const during = (some: readonly Float64Array[]) => togetherOf(some.slice(first, last + 1));
      if (last < first || seen.length === 0) return Promise.resolve(undefined);
      const lesser = [...without].map(([name, some]) => [name, during(some)[ambivalent] ?? NaN]);
      return Promise.resolve({
        probabilities: during(all),
        uses,
        without: Object.fromEntries(lesser),
      });
    },
    decideFrames: () => Promise.resolve(seen.map((_, frame) => all[frame]?.[ambivalent] ?? NaN)),
  };
}
