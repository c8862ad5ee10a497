import { type FrameOptions, openFrames } from "../media/video/open_frames.ts";
import type { Adaptation } from "../tta/clip_autt/clip_autt.ts";
import type { Analysis, Requirements } from "./analyse.ts";
import type { Subject } from "./subject.ts";
import type { InferProgress } from "./video_reader.ts";

/** Which part of a video to read, and what an answer requires. */
export interface InferOptions extends FrameOptions, Partial<Requirements> {
  /** Number of the person to watch, in order of appearance; by default the largest and most central one. */
  readonly person?: number | undefined;
  /** Adapts and decides every so many seconds, for live streams; by default once for the whole video. */
  readonly segment?: number | undefined;
  /** Called after each frame and each adaptation step. */
  readonly onProgress?: ((progress: InferProgress) => void) | undefined;
  /** Called with the full result of each segment: frames, faces, gaps, Action Units. */
  readonly onAnalysis?: ((analysis: Analysis<Adaptation>) => void) | undefined;
}

/** A decision on a window of a video. */
export interface VideoWindow {
  /** Time of its first frame, in seconds. */
  readonly from: number;
  /** Time of its last frame, in seconds. */
  readonly to: number;
  /** The probability of each class by name, after adapting. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** The same before adapting. */
  readonly before: Readonly<Record<string, number>>;
  /** Entropy of the decision after adapting, in nats. */
  readonly entropy: number;
  /** Whether this is the most certain window, which gives the video's answer. */
  readonly chosen: boolean;
  /** Why this is not accepted as an answer (too uncertain); undefined if it is. */
  readonly abstained: string | undefined;
}

/**
 * Reads the expression of a person in a video: finds their face in each frame, adapts to them, and
 * gives the decision on each window of frames. Where nothing can be decided on (no face, too short) there
 * is no window, and `onAnalysis` is told why.
 *
 * @param source The path of a video or of a folder of pictures, or a video's bytes as they come.
 *
 * @example
 * ```ts
 * import { inferVideo, loadClipAu, openDevice, Subject } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a CLIP and a head
 * import assert from "node:assert/strict";
 *
 * await using folder = await madeUpClipAuFolder();
 * using device = await openDevice();
 * using model = await loadClipAu(device, { clip: folder.path, head: folder.head });
 * using person = await Subject.open(model, { faces: "whole frame" });
 * let chosen = 0;
 * for await (const window of inferVideo(person, folder.video, { every: 2 })) {
 *   const { neutral = NaN, pain = NaN } = window.probabilities;
 *   assert(Math.abs(neutral + pain - 1) < 1e-6);
 *   if (window.chosen) chosen++;
 * }
 * assert.equal(chosen, 1);
 * ```
 */
export async function* inferVideo(
  { autt, reader }: Subject,
  source: string | ReadableStream<Uint8Array>,
  { onAnalysis, ...options }: InferOptions = {},
): AsyncGenerator<VideoWindow> {
  const { classes } = autt.model.head;
  const named = (shares: readonly number[]) =>
    Object.fromEntries(classes.map((name, i) => [name, shares[i] ?? NaN]));
  for await (const { analysis } of reader.read(() => openFrames(source, options), options)) {
    onAnalysis?.(analysis);
    const { windows, seen, adaptation, abstained } = analysis;
    for (const [i, window] of windows.entries()) {
      yield {
        from: seen[window.first]?.seconds ?? NaN,
        to: seen[window.last]?.seconds ?? NaN,
        probabilities: named(window.after),
        before: named(window.before),
        entropy: window.entropyAfter,
        chosen: i === adaptation?.after.start,
        abstained,
      };
    }
  }
}
