import { join } from "node:path";
import { readImage } from "../read_image.ts";
import type { Frame, OpenedVideo, VideoOptions } from "./open_video.ts";
import { VideoError } from "./video_error.ts";

/** Whether a file name has the extension of a picture. */
export const isPicture = (name: string): boolean =>
  /\.(jpe?g|png|webp|avif|tiff?|gif)$/i.test(name);

/** Default frame rate of a folder. */
const usualRate = 25;

/**
 * Reads the pictures of a folder as the frames of a video, in natural order of their names: `frame-9`
 * before `frame-10`. Times follow from the rate.
 */
export async function openImages(
  folder: string,
  { from = 0, to = Infinity, every = 1, signal, rate = usualRate }:
    & Omit<VideoOptions, "ffmpeg">
    & { readonly rate?: number | undefined } = {},
): Promise<OpenedVideo> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && isPicture(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new VideoError(`Cannot read "${folder}" as frames: there is no picture in it`, "file");
  }
  names.sort(new Intl.Collator("en", { numeric: true }).compare);
  const chosen = names.map((name, i) => ({ name, seconds: i / rate }))
    .filter(({ seconds }, i) => i % every === 0 && seconds >= from && seconds < to);
  if (chosen.length === 0) {
    throw new VideoError(
      `Cannot read "${folder}": there is no frame from ${from} s to ${to} s`,
      "file",
    );
  }
  async function* frames(): AsyncGenerator<Frame> {
    for (const [index, { name, seconds }] of chosen.entries()) {
      signal?.throwIfAborted();
      let image;
      try {
        image = await readImage(join(folder, name));
      } catch (error) {
        throw new VideoError((error as Error).message, "file");
      }
      yield { ...image, index, seconds };
    }
  }
  return {
    seconds: Promise.resolve(names.length / rate),
    [Symbol.asyncIterator]: frames,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
