import { frameWindows, stitchWindows } from "../../data/frame_windows.ts";
import type { FrameHead } from "../../model/frame_fusion/frame_file.ts";
import {
  checkFrames,
  type FrameFeatures,
  type FrameReader,
} from "../../model/frame_fusion/frame_reader.ts";
import { meanOf, softmax } from "../../numbers/vectors.ts";

/**
 * The logits of every frame of a clip, `[T, classes]`. LFAN looks at windows, whose logits are averaged where they
 * overlap, and CAN at the whole clip, as BAH's authors have it.
 */
export async function logitsOfFrames(
  reader: FrameReader,
  clip: FrameFeatures,
  { window, hop }: Pick<FrameHead, "window" | "hop">,
): Promise<Float32Array<ArrayBuffer>> {
  const { sizes } = reader, { form, modalities, classes } = sizes;
  const length = checkFrames(sizes, clip);
  const windows = form === "lfan" ? frameWindows(length, window, hop) : [[0, length - 1] as const];
  const logits: Float32Array[] = [];
  for (const [first, last] of windows) {
    const part = modalities.map(({ name, width }) => {
      const frames = clip[name] as Float32Array<ArrayBuffer>;
      return [name, frames.slice(first * width, (last + 1) * width)];
    });
    logits.push(await reader.logits(Object.fromEntries(part)));
  }
  return stitchWindows(windows, logits, classes);
}

/** The probabilities of every frame of a clip. */
export async function probabilitiesOfFrames(
  reader: FrameReader,
  clip: FrameFeatures,
  settings: Pick<FrameHead, "window" | "hop">,
): Promise<Float64Array[]> {
  const logits = await logitsOfFrames(reader, clip, settings), { classes } = reader.sizes;
  return Array.from(
    { length: logits.length / classes },
    (_, frame) =>
      Float64Array.from(softmax(logits.subarray(frame * classes, (frame + 1) * classes))),
  );
}

/** The probabilities of some frames together: their mean. */
export const togetherOf = (frames: readonly Float64Array[]): number[] => [...meanOf(frames)];
