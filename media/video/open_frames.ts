import { isFolder } from "../../io/files/is_folder.ts";
import { openImages } from "./open_images.ts";
import { type OpenedVideo, openVideo, type VideoOptions } from "./open_video.ts";

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
