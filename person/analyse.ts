import type { AdaptOptions } from "../tta/clip_autt/clip_autt.ts";
import type { AnalysedWindow, DecidedVideo, VideoDecider } from "./video_decider.ts";
import type { SeenFrame } from "../media/features/watch_video.ts";

/** What was found in a video. */
export interface Analysis<D extends DecidedVideo = DecidedVideo> {
  /** All that were looked at. */
  readonly frames: readonly SeenFrame[];
  /** The frames that have features. */
  readonly seen: readonly SeenFrame[];
  /** `[N, A]`: how similar each of these is to each Action Unit. */
  readonly units: Float32Array;
  /** In their order; CLIP-AUTT has one that begins with each frame, others one of all frames. */
  readonly windows: readonly AnalysedWindow[];
  /** Undefined where nothing could be decided on. */
  readonly adaptation: D | undefined;
  /** Why no answer is given. */
  readonly abstained: string | undefined;
}

/** What an answer takes. */
export interface Requirements {
  /** Frames with a face. */
  readonly leastFrames: number;
  /** The probability of the likeliest class. */
  readonly leastProbability: number;
}

/** Decides on the frames of a video. */
export async function analyse<D extends DecidedVideo>(
  decider: VideoDecider<D>,
  frames: readonly SeenFrame[],
  { leastFrames, leastProbability }: Requirements,
  options: AdaptOptions = {},
): Promise<Analysis<D>> {
  const seen = frames.filter(({ features }) => features !== undefined);
  const nothing = (why: string): Analysis<D> => ({
    frames,
    seen,
    units: new Float32Array(0),
    windows: [],
    adaptation: undefined,
    abstained: why,
  });
  if (seen.length === 0) {
    return nothing(frames.length === 0 ? "there is no frame" : "no face was seen");
  }
  if (seen.length < leastFrames) {
    return nothing(
      `too short: ${seen.length} frames with a face, and ${leastFrames} are the fewest`,
    );
  }
  const { width } = decider, features = new Float32Array(seen.length * width);
  for (const [i, frame] of seen.entries()) features.set(frame.features ?? [], i * width);
  const units = decider.unitsByFrame(features);
  const { decided, windows } = await decider.decide(features, options);
  const likeliest = Math.max(...decided.after.probabilities);
  return {
    frames,
    seen,
    units,
    windows,
    adaptation: decided,
    abstained: likeliest < leastProbability
      ? `too uncertain: the likeliest class has ${percent(likeliest)}, and ` +
        `${percent(leastProbability)} is the least`
      : undefined,
  };
}

/** The window that a frame is told by: the one that it is in the middle of, as far as there is one. */
export function windowOfFrame(place: number, windows: readonly AnalysedWindow[]): number {
  const [first] = windows;
  const half = first ? (first.last - first.first) >> 1 : 0;
  return Math.max(0, Math.min(windows.length - 1, place - half));
}

/** A share as people read it. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
