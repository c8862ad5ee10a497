import { openImages } from "../../media/video/open_images.ts";
import { type OpenedVideo, openVideo, type VideoOptions } from "../../media/video/open_video.ts";

/** Opens a video, or a folder of pictures as one. */
export async function openFrames(
  path: string,
  options: VideoOptions & { readonly rate?: number | undefined },
): Promise<OpenedVideo> {
  const pictures = await Deno.stat(path).then((info) => info.isDirectory, () => false);
  return pictures ? await openImages(path, options) : openVideo(path, options);
}
