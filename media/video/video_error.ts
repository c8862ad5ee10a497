/** Why a video can't be read. */
export class VideoError extends Error {
  /** The error's class, for logs and comparisons by name. */
  override name = "VideoError";
  /** The decoder if ffmpeg is missing or was killed, otherwise the file. */
  readonly blame: "decoder" | "file";

  /** Creates an error with its reason and cause. */
  constructor(message: string, blame: "decoder" | "file") {
    super(message);
    this.blame = blame;
  }
}
