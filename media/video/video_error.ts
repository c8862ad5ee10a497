/** Why a video can't be read. */
export class VideoError extends Error {
  override name = "VideoError";
  /** The decoder where ffmpeg is missing or was ended; else the file. */
  readonly blame: "decoder" | "file";

  constructor(message: string, blame: "decoder" | "file") {
    super(message);
    this.blame = blame;
  }
}
