import type { ClipAu } from "../model/clip_au/clip_au.ts";
import type { Adaptation, AdaptOptions, ClipAutt } from "./clip_autt.ts";
import { centred, type NeutralMean } from "./neutral.ts";
import type { TunedPrediction } from "./predictions.ts";
import type { SeenFrame } from "./watch_video.ts";

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

/** What was found in a video. */
export interface Analysis {
  /** All that were looked at. */
  readonly frames: readonly SeenFrame[];
  /** The frames that have features. */
  readonly seen: readonly SeenFrame[];
  /** `[N, A]`: how similar each of these is to each Action Unit. */
  readonly units: Float32Array;
  /** In their order; each frame begins one. */
  readonly windows: readonly AnalysedWindow[];
  /** Undefined where nothing could be decided on. */
  readonly adaptation: Adaptation | undefined;
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

/** How to adapt, and what is known of the person. */
export interface AnalyseOptions extends AdaptOptions {
  /** The person's neutral face, for heads that are centred by it; the usual one if left out. */
  readonly neutral?: NeutralMean | undefined;
}

/** Decides on the frames of a video. */
export async function analyse(
  model: ClipAu,
  autt: ClipAutt,
  frames: readonly SeenFrame[],
  { leastFrames, leastProbability }: Requirements,
  { neutral, ...options }: AnalyseOptions = {},
): Promise<Analysis> {
  const seen = frames.filter(({ features }) => features !== undefined);
  const nothing = (why: string): Analysis => ({
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
  const width = model.clip.config.embedding, raw = new Float32Array(seen.length * width);
  for (const [i, frame] of seen.entries()) raw.set(frame.features ?? [], i * width);
  const { neutral: usual } = model.head;
  const features = usual && neutral ? centred(raw, neutral.mean, usual) : raw;
  const units = model.unitsByFrame(raw);
  const adaptation = await autt.adapt(features, options);
  const likeliest = Math.max(...adaptation.after.probabilities);
  return {
    frames,
    seen,
    units,
    windows: windowsOf(adaptation, Math.min(autt.settings.window, seen.length)),
    adaptation,
    abstained: likeliest < leastProbability
      ? `too uncertain: the likeliest class has ${percent(likeliest)}, and ` +
        `${percent(leastProbability)} is the least`
      : undefined,
  };
}

function windowsOf({ before, after }: Adaptation, length: number): AnalysedWindow[] {
  const share = (prediction: TunedPrediction, window: number) => {
    const classes = prediction.windowLogits.length / prediction.windowEntropy.length;
    return softmax(prediction.windowLogits.subarray(window * classes, (window + 1) * classes));
  };
  return Array.from(after.windowEntropy, (entropyAfter, window) => ({
    first: window,
    last: window + length - 1,
    before: share(before, window),
    after: share(after, window),
    entropyBefore: before.windowEntropy[window] ?? NaN,
    entropyAfter,
  }));
}

function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits), powers = [...logits].map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
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
