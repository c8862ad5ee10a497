import type { Enrolment } from "../media/features/enrolment.ts";
import { type FrameOptions, openFrames } from "../media/video/open_frames.ts";
import { neutralMean } from "../model/clip_au/neutral.ts";
import type { Watcher, WatchOptions } from "../media/features/watcher.ts";
import { featuresOf } from "../media/features/seen_frame.ts";

/** How to enroll a person. */
export interface EnrollOptions extends FrameOptions, Omit<WatchOptions, "onFrame"> {
  /** Number of the person in each video, in order of appearance; by default the main one. */
  readonly person?: number | undefined;
  /** Called with the features `[T, d]` of each video: a method may learn more of them than their mean. */
  readonly onClip?: ((features: Float32Array) => void) | undefined;
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

/** Computes a person's resting face from videos of them without any expression. */
export async function enrollPerson(
  watcher: Watcher,
  videos: readonly string[],
  options: EnrollOptions = {},
): Promise<Enrolment> {
  const clips: Float32Array[] = [];
  for (const video of videos) {
    let seen = 0;
    const onFrame = () => options.onFrame?.(video, ++seen);
    const frames = watcher.watch(() => openFrames(video, options), options.person, {
      ...options,
      onFrame,
    });
    const features = featuresOf(await Array.fromAsync(frames));
    if (features.length === 0) throw new NoFaceError(video);
    options.onClip?.(features);
    clips.push(features);
  }
  const { clip, cropped, width } = await watcher.featureKind();
  return { ...neutralMean(clips, width), clip, cropped, videos: clips.length };
}
