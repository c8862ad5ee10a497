import type { SeenFrame } from "../media/features/seen_frame.ts";
import type { AdaptOptions, ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import type { Centring } from "./centring.ts";
import type { Moved } from "../tta/clip_autt/tuning.ts";

/** A decision on a video, and the window it is based on. */
export interface VideoAnswer {
  /** `[C]` */
  readonly probabilities: Float32Array;
  /** Entropy of the probabilities, in nats. */
  readonly entropy: number;
  /** Index of its window among the video's windows. */
  readonly start: number;
}

/** The decisions on a video before and after adapting, and what adapting did. */
export interface DecidedVideo {
  /** The decision before adapting. */
  readonly before: VideoAnswer;
  /** The decision after adapting; equal to `before` if the method does not adapt. */
  readonly after: VideoAnswer;
  /** The steps of prompt tuning, if any. */
  readonly steps: readonly { readonly loss: number }[];
  /** How far the prompts moved; undefined if the method tunes none. */
  readonly moved: Moved | undefined;
  /** Warnings for the user. */
  readonly warnings: readonly string[];
}

/** A window of frames with its decisions before and after adapting. */
export interface AnalysedWindow {
  /** Index of its first frame among the frames that have features. */
  readonly first: number;
  /** Index of its last frame, inclusive. */
  readonly last: number;
  /** The probability of each class before adapting. */
  readonly before: readonly number[];
  /** The probability of each class after adapting. */
  readonly after: readonly number[];
  /** Entropy before adapting, in nats. */
  readonly entropyBefore: number;
  /** Entropy after adapting, in nats. */
  readonly entropyAfter: number;
}

/** A decision on a video, with its windows. */
export interface Verdict<D extends DecidedVideo> {
  /** The decisions, and what adapting did. */
  readonly decided: D;
  /** In order of time. */
  readonly windows: readonly AnalysedWindow[];
}

/** What is known of a video beside its frames' features. */
export interface DecideVideoOptions extends AdaptOptions {
  /** Its frames that have features, for methods that decide on pictures. */
  readonly seen?: readonly SeenFrame[] | undefined;
}

/** Decides on a video from its frames' features, with CLIP-AUTT or any other method. */
export interface VideoDecider<D extends DecidedVideo = DecidedVideo> {
  /** The CLIP-AUTT model, if that is the method: what it learns about a person can be saved. */
  readonly autt?: ClipAutt | undefined;
  /** Makes features relative to the person's resting face; undefined if no head is used. */
  readonly centring?: Centring | undefined;
  /** Adapts to a video's features, `[T, d]` as the image tower gives them, and decides. */
  decide(features: Float32Array, options: DecideVideoOptions): Promise<Verdict<D>>;
}
