import type { AdaptOptions } from "../tta/clip_autt/clip_autt.ts";
import type { RestSource } from "./centring.ts";
import type { WatchedPerson } from "../media/features/watched_people.ts";
import type { Observation } from "./observe.ts";
import type { AnalysedWindow, DecidedVideo, VideoDecider } from "./video_decider.ts";

/** The result of reading a video: what was seen of a person and what was decided. */
export interface Analysis<D extends DecidedVideo = DecidedVideo>
  extends Omit<Observation, "features"> {
  /** In order of time: with CLIP-AUTT one starts at each frame, other methods have one of all frames. */
  readonly windows: readonly AnalysedWindow[];
  /** Undefined if there was nothing to decide on, or if the person was only observed. */
  readonly adaptation: D | undefined;
  /** Who was watched, and how sure it is that the video is about them; undefined for live videos. */
  readonly watched?: WatchedPerson | undefined;
  /** Where the person's resting face came from; undefined if nothing was decided or no head was used. */
  readonly rest?: RestSource | undefined;
  /** Why there is no answer; undefined if there is one, or if the person was only observed. */
  readonly abstained: string | undefined;
}

/** What an answer requires. */
export interface Requirements {
  /** Minimum number of frames with a face. */
  readonly leastFrames: number;
  /** Minimum probability of the most likely class; undefined for the usual one of so many classes. */
  readonly leastProbability: number | undefined;
}

/** Default requirements. */
export const usualRequirements: Requirements = { leastFrames: 4, leastProbability: undefined };

/** The probability that an answer takes: a fifth of the way from chance to certainty, 0.6 for two classes. */
export function usualLeastProbability(classes: number): number {
  const chance = 1 / classes;
  return chance + (1 - chance) / 5;
}

/** Decides on what was seen of a person, or says why it cannot. Without a decider nothing is claimed. */
export async function analyse<D extends DecidedVideo>(
  decider: VideoDecider<D> | undefined,
  { features, ...observed }: Observation,
  { leastFrames, leastProbability }: Requirements,
  options: AdaptOptions = {},
): Promise<Analysis<D>> {
  const { frames, seen } = observed;
  const nothing = (abstained: string | undefined): Analysis<D> => ({
    ...observed,
    windows: [],
    adaptation: undefined,
    abstained,
  });
  if (seen.length === 0) {
    return nothing(frames.length === 0 ? "there is no frame" : "no face was seen");
  }
  if (!decider) return nothing(undefined);
  if (seen.length < leastFrames) {
    return nothing(
      `too short: ${seen.length} frames with a face, and ${leastFrames} are the fewest`,
    );
  }
  const times = [seen.map(({ seconds }) => seconds)];
  const { decided, windows } = await decider.decide(features, { ...options, times, seen });
  const { probabilities } = decided.after, likeliest = Math.max(...probabilities);
  const least = leastProbability ?? usualLeastProbability(probabilities.length);
  return {
    ...observed,
    windows,
    adaptation: decided,
    rest: decider.centring?.source,
    abstained: likeliest < least
      ? `too uncertain: the likeliest class has ${percent(likeliest)}, and ` +
        `${percent(least)} is the least`
      : undefined,
  };
}

/**
 * The window that stands for a frame: of those that it is in, the one that is centred on it most nearly.
 * Undefined if it is in none, as a frame between two gaps.
 */
export function windowOfFrame(
  place: number,
  windows: readonly AnalysedWindow[],
): number | undefined {
  const [any] = windows;
  if (!any) return undefined;
  const wanted = place - ((any.last - any.first) >> 1);
  let low = 0, high = windows.length; // the windows before `low` begin before `wanted`
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((windows[middle]?.first ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  const near = [low, low - 1].filter((i) => {
    const { first, last } = windows[i] ?? { first: Infinity, last: -Infinity };
    return first <= place && place <= last;
  });
  const away = (i: number) => Math.abs((windows[i]?.first ?? Infinity) - wanted);
  return near.toSorted((a, b) => away(a) - away(b))[0];
}

/** Formats a share as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
