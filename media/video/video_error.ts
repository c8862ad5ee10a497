/** Why a video can't be read. */
export class VideoError extends Error {
  /** The class, for logs and for those who compare names. */
  override name = "VideoError";
  /** The decoder where ffmpeg is missing or was ended; else the file. */
  readonly blame: "decoder" | "file";

  /** Says why, and who is to blame. */
  constructor(message: string, blame: "decoder" | "file") {
    super(message);
    this.blame = blame;
  }
}
