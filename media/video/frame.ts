import type { Image } from "../image_preparer.ts";

/** A frame of a video. */
export interface Frame extends Image {
  /** Index among the frames that are read, from 0. */
  readonly index: number;
  /** Presentation time in seconds, as stored in the file. */
  readonly seconds: number;
}

/** A video being read. */
export interface OpenedVideo extends AsyncIterable<Frame>, AsyncDisposable {
  /** Duration as stored in the file; undefined for streams, browser recordings and broken files. */
  readonly seconds: Promise<number | undefined>;
}

/** Opens a video, when its frames are wanted; whoever calls it disposes of what it gives. */
export type FrameSource = () => OpenedVideo | Promise<OpenedVideo>;
