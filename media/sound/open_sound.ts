import { isFolder } from "../../io/files/is_folder.ts";
import { inputArguments } from "../video/ffmpeg_input.ts";
import { FfmpegReport, type StoredSound } from "../video/ffmpeg_report.ts";
import type { VideoOptions } from "../video/open_video.ts";
import { endOnAbort, startFfmpeg } from "../video/start_ffmpeg.ts";
import { VideoError } from "../video/video_error.ts";
import { sampleRate } from "./frames.ts";

/** A video's sound being read: pieces of samples from -1 to 1, of one channel at 16 kHz. */
export interface OpenedSound extends AsyncIterable<Float32Array<ArrayBuffer>>, AsyncDisposable {
  /** When the first sample is heard, in seconds of the video. */
  readonly start: number;
  /** How the sound is stored in the file. */
  readonly stored: StoredSound;
}

/** Which part of the sound to read, and by what. */
export type SoundOptions = Omit<VideoOptions, "every">;

/**
 * Reads a video's sound with ffmpeg, mixed down to one channel of 16 kHz, at the file's times: gaps are filled with
 * silence. Pieces come one at a time, and ffmpeg waits for the consumer, so that memory stays small.
 *
 * @returns Undefined if there is no sound: none in the file, none in that part of it, or a folder of pictures.
 */
export async function openSound(
  path: string,
  { from = 0, to, signal, ffmpeg = "ffmpeg" }: SoundOptions = {},
): Promise<OpenedSound | undefined> {
  signal?.throwIfAborted();
  if (await isFolder(path)) return undefined;
  const mono = `aresample=${sampleRate}:async=1,aformat=sample_fmts=flt:channel_layouts=mono`;
  const process = startFfmpeg(ffmpeg, path, [
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"],
    ...from > 0 ? ["-ss", `${from}`] : [],
    ...to === undefined ? [] : ["-to", `${to}`],
    ...["-copyts", ...inputArguments(path)],
    // One branch tells the time and the kind of the first sample, and throws the rest away.
    ...[
      "-filter_complex",
      `[0:a:0]asplit[a][b];[b]atrim=end_sample=1,ashowinfo,anullsink;[a]${mono}[c]`,
    ],
    ...["-map", "[c]", "-f", "f32le", "-"],
  ], "null");
  const report = new FfmpegReport(process.stderr, { from, every: 1 });
  const stop = endOnAbort(process, signal);
  const end = async () => {
    stop();
    await process.stdout.cancel().catch(() => {}); // it is locked while it is read
    await Promise.all([process.status, report.done]);
  };
  const checkEnd = async () => {
    signal?.throwIfAborted();
    const { code, signal: ended } = await process.status;
    await report.done;
    if (ended) {
      throw new VideoError(`Cannot decode "${path}": ffmpeg was ended by ${ended}`, "decoder");
    }
    if (code !== 0 && !report.lacksStream) {
      throw new VideoError(`Cannot decode the sound of "${path}": ${report.why(from, to)}`, "file");
    }
  };
  const start = await report.time(0), stored = report.storedSound;
  if (Number.isNaN(start) || !stored) {
    await process.stdout.cancel();
    try {
      await checkEnd();
    } finally {
      await end();
    }
    return undefined;
  }
  return {
    start,
    stored,
    async *[Symbol.asyncIterator]() {
      try {
        yield* samplesOf(process.stdout);
        await checkEnd();
      } finally {
        await end();
      }
    },
    [Symbol.asyncDispose]: end,
  };
}

/** Numbers of four bytes, little-endian, whatever the pieces that they come in. */
async function* samplesOf(
  bytes: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  let rest = new Uint8Array(0);
  for await (const piece of bytes) {
    const joined = new Uint8Array(rest.length + piece.length);
    joined.set(rest);
    joined.set(piece, rest.length);
    const whole = joined.length - joined.length % 4;
    rest = joined.slice(whole);
    if (whole > 0) yield new Float32Array(joined.buffer, 0, whole / 4);
  }
}
