import type { Enrolment } from "../media/features/enrolment.ts";
import { type FrameOptions, openFrames } from "../media/video/open_frames.ts";
import { calmestStretch } from "../model/clip_au/calmest_stretch.ts";
import { neutralMean } from "../model/clip_au/neutral.ts";
import type { RestFinder } from "../model/clip_au/rest.ts";
import type { Watcher, WatchOptions } from "../media/features/watcher.ts";
import { featuresOf, type SeenFrame } from "../media/features/seen_frame.ts";

/** How to enroll a person. */
export interface EnrollOptions extends FrameOptions, Omit<WatchOptions, "onFrame"> {
  /** Number of the person in each video, in order of appearance; by default the main one. */
  readonly person?: number | undefined;
  /** Of each video only its calmest seconds, found by what a head learned of resting faces. */
  readonly calmest?: { readonly finder: RestFinder; readonly seconds: number } | undefined;
  /** Called with the stretch of each video that is taken, in seconds. */
  readonly onStretch?: ((video: string, from: number, to: number) => void) | undefined;
  /**
   * Called with the features `[T, d]` of each video, and its frames: a method may learn more of them than
   * their mean.
   */
  readonly onClip?: ((features: Float32Array, frames: readonly SeenFrame[]) => void) | undefined;
  /** Called after each frame with the number of frames seen in that video. */
  readonly onFrame?: ((video: string, frames: number) => void) | undefined;
}

/** Thrown when an enrolment video shows no face. */
export class NoFaceError extends Error {
  override name = "NoFaceError";
  /** The video's path. */
  readonly video: string;

  constructor(video: string) {
    super(`Cannot enroll a person by "${video}": no face was seen in it`);
    this.video = video;
  }
}

/** The frames of the calmest stretch. All of them have features. */
function calmestOf(
  seen: readonly SeenFrame[],
  { finder, seconds }: NonNullable<EnrollOptions["calmest"]>,
): SeenFrame[] {
  const times = seen.map(({ seconds }) => seconds);
  const { first, last } = calmestStretch(featuresOf(seen), times, finder, seconds);
  return seen.slice(first, last + 1);
}

/** Computes a person's resting face from videos of them without any expression. */
export async function enrollPerson(
  watcher: Watcher,
  videos: readonly string[],
  options: EnrollOptions = {},
): Promise<Enrolment> {
  const clips: Float32Array[] = [];
  for (const video of videos) {
    let count = 0;
    const onFrame = () => options.onFrame?.(video, ++count);
    const frames = watcher.watch(() => openFrames(video, options), options.person, {
      ...options,
      onFrame,
    });
    const seen = (await Array.fromAsync(frames)).filter(({ features }) => features);
    if (seen.length === 0) throw new NoFaceError(video);
    const taken = options.calmest ? calmestOf(seen, options.calmest) : seen;
    const from = taken[0]?.seconds, to = taken.at(-1)?.seconds;
    if (from !== undefined && to !== undefined) options.onStretch?.(video, from, to);
    const features = featuresOf(taken);
    options.onClip?.(features, taken);
    clips.push(features);
  }
  const { clip, cropped, width } = await watcher.featureKind();
  return { ...neutralMean(clips, width), clip, cropped, videos: clips.length };
}
