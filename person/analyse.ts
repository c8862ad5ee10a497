import type { AdaptOptions } from "../tta/clip_autt/clip_autt.ts";
import type { Observation } from "./observe.ts";
import type { AnalysedWindow, DecidedVideo, VideoDecider } from "./video_decider.ts";

/** What was found in a video: what was seen of a person, and what is decided on it. */
export interface Analysis<D extends DecidedVideo = DecidedVideo>
  extends Omit<Observation, "features"> {
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

/** Requirements where nobody says otherwise. */
export const usualRequirements: Requirements = { leastFrames: 4, leastProbability: 0 };

/** Decides on what was seen of a person, or tells why it can't. */
export async function analyse<D extends DecidedVideo>(
  decider: VideoDecider<D>,
  { features, ...observed }: Observation,
  { leastFrames, leastProbability }: Requirements,
  options: AdaptOptions = {},
): Promise<Analysis<D>> {
  const { frames, seen } = observed;
  const nothing = (abstained: string): Analysis<D> => ({
    ...observed,
    windows: [],
    adaptation: undefined,
    abstained,
  });
  if (seen.length === 0) {
    return nothing(frames.length === 0 ? "there is no frame" : "no face was seen");
  }
  if (seen.length < leastFrames) {
    return nothing(
      `too short: ${seen.length} frames with a face, and ${leastFrames} are the fewest`,
    );
  }
  const { decided, windows } = await decider.decide(features, options);
  const likeliest = Math.max(...decided.after.probabilities);
  return {
    ...observed,
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
