import type { AdaptOptions, ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import type { Moved } from "../tta/clip_autt/tuning.ts";

/** A decision on a video, and what it stands on. */
export interface VideoAnswer {
  /** `[C]` */
  readonly probabilities: Float32Array;
  /** Of these, in nats. */
  readonly entropy: number;
  /** The place of its window among the video's. */
  readonly start: number;
}

/** What was decided on a video before adapting and after, and what adapting did. */
export interface DecidedVideo {
  /** The decision before adapting. */
  readonly before: VideoAnswer;
  /** The decision after it; the same where nothing adapts. */
  readonly after: VideoAnswer;
  /** Of tuning. */
  readonly steps: readonly { readonly loss: number }[];
  /** How far prompts moved; undefined where none do. */
  readonly moved: Moved | undefined;
  /** What a person should know. */
  readonly warnings: readonly string[];
}

/** A window of frames with the decision on it, before adapting and after. */
export interface AnalysedWindow {
  /** Places among the frames that have features. */
  readonly first: number;
  /** The last one, which belongs to it. */
  readonly last: number;
  /** The probability of each class before adapting. */
  readonly before: readonly number[];
  /** The probability of each class after it. */
  readonly after: readonly number[];
  /** How uncertain the decision was. */
  readonly entropyBefore: number;
  /** How uncertain it is. */
  readonly entropyAfter: number;
}

/** What is said of a video, with the windows that it was said of. */
export interface Verdict<D extends DecidedVideo> {
  readonly decided: D;
  /** In their order. */
  readonly windows: readonly AnalysedWindow[];
}

/** Decides on a video's frames by their features: CLIP-AUTT, or any other method. */
export interface VideoDecider<D extends DecidedVideo = DecidedVideo> {
  /** What adapts, where that is CLIP-AUTT: what it has learnt of a person can be kept. */
  readonly autt?: ClipAutt | undefined;
  /** Decides on `[T, d]`, features as the image tower gives them, adapting to them first. */
  decide(features: Float32Array, options: AdaptOptions): Promise<Verdict<D>>;
}
