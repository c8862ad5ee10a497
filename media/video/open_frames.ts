import { join } from "node:path";
import { isFolder } from "../../io/files/is_folder.ts";
import { readImage } from "../read_image.ts";
import { openVideo, type VideoOptions } from "./open_video.ts";
import type { Frame, OpenedVideo } from "./frame.ts";
import { VideoError } from "./video_error.ts";

/** Which part of a video or of a folder of pictures to read. */
export interface FrameOptions extends VideoOptions {
  /** Frames per second of a folder of pictures, which has no timestamps. */
  readonly rate?: number | undefined;
}

/** Opens a video file, a folder of pictures, or a stream of a video's bytes. */
export async function openFrames(
  source: string | ReadableStream<Uint8Array>,
  options: FrameOptions = {},
): Promise<OpenedVideo> {
  const pictures = typeof source === "string" && await isFolder(source);
  return pictures ? await openImages(source, options) : openVideo(source, options);
}

/** Whether a file name has the extension of a picture. */
export const isPicture = (name: string): boolean =>
  /\.(jpe?g|png|webp|avif|tiff?|gif)$/i.test(name);

/** The natural order of names: `frame-9` before `frame-10`. */
export const byNumber = new Intl.Collator("en", { numeric: true }).compare;

/** Default frame rate of a folder. */
const usualRate = 25;

/** Reads the pictures of a folder as the frames of a video. Times follow from the rate. */
async function openImages(
  folder: string,
  { from = 0, to = Infinity, every = 1, signal, rate = usualRate }: FrameOptions,
): Promise<OpenedVideo> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    // Links to pictures are pictures.
    if (!isDirectory && isPicture(name)) names.push(name);
  }
  if (names.length === 0) {
    throw new VideoError(`Cannot read "${folder}" as frames: there is no picture in it`, "file");
  }
  names.sort(byNumber);
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
