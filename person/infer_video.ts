import type { FrameOptions } from "../media/video/open_frames.ts";
import type { Adaptation } from "../tta/clip_autt/clip_autt.ts";
import type { Analysis, Requirements } from "./analyse.ts";
import type { Subject } from "./subject.ts";
import type { InferProgress } from "./video_reader.ts";

/** What to read of a video, and what an answer takes. */
export interface InferOptions extends FrameOptions, Partial<Requirements> {
  /** Whom to watch, in the order of appearance; the largest and most central if left out. */
  readonly person?: number | undefined;
  /** Seconds that are adapted to and decided on at once: all of the video if left out. For live streams. */
  readonly segment?: number | undefined;
  /** Told of each frame and of each step. */
  readonly onProgress?: ((progress: InferProgress) => void) | undefined;
  /** Given all that was found in each segment: frames with their faces, gaps, Action Units. */
  readonly onAnalysis?: ((analysis: Analysis<Adaptation>) => void) | undefined;
}

/** A decision on a few seconds of a video. */
export interface VideoWindow {
  /** Seconds of the video. */
  readonly from: number;
  /** When the last of its frames is shown. */
  readonly to: number;
  /** The probability of each class, by its name, after adapting. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** The same before. */
  readonly before: Readonly<Record<string, number>>;
  /** How uncertain the decision is, after adapting. */
  readonly entropy: number;
  /** Whether it is the most certain one, which is the video's answer. */
  readonly chosen: boolean;
  /** Why this is no answer (too uncertain), if it isn't. */
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
  for await (const { analysis } of reader.read(source, options)) {
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
