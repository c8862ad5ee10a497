import { inputArguments, pipeArguments } from "./ffmpeg_input.ts";
import type { Frame, OpenedVideo } from "./frame.ts";
import { FfmpegReport } from "./ffmpeg_report.ts";
import { ppmFrames } from "./ppm_frames.ts";
import { endOnAbort, startFfmpeg } from "./start_ffmpeg.ts";
import { VideoError } from "./video_error.ts";

/** Which part of a video to read. */
export interface VideoOptions {
  /** Seconds from the beginning. */
  readonly from?: number | undefined;
  /** Seconds from the beginning; by default the end of the video. */
  readonly to?: number | undefined;
  /** Reads one of every so many frames; 1 by default. */
  readonly every?: number | undefined;
  /** Stops reading; errors carry the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The decoder; by default `ffmpeg` from PATH. */
  readonly ffmpeg?: string | undefined;
}

/**
 * Reads a video's frames with ffmpeg as they are meant to be shown: rotated and stretched as the file says, with the
 * file's timestamps, none duplicated or dropped. Frames come one at a time, and ffmpeg waits for the
 * consumer, so that memory stays small. Only the file itself is opened, never a network address.
 *
 * @param source The path of a file, or a stream of its bytes, for instance from a camera.
 *
 * @example
 * ```ts
 * import { openVideo } from "@autt/autt";
 * import { madeUpClipAuFolder } from "made-up-models"; // yours: a video
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipAuFolder();
 * const times: number[] = [];
 * for await (const { seconds } of openVideo(folder.video, { from: 1, every: 5 })) times.push(seconds);
 * assert.equal(times[0], 1);
 * ```
 */
export function openVideo(
  source: string | ReadableStream<Uint8Array>,
  options: VideoOptions = {},
): OpenedVideo {
  const { from = 0, to, every = 1, signal, ffmpeg = "ffmpeg" } = options;
  const stream = typeof source === "string" ? undefined : source;
  const path = typeof source === "string" ? source : "the stream";
  checkOptions(path, from, to, every);
  const broken = (why: string, blame: VideoError["blame"]) =>
    new VideoError(`Cannot decode "${path}" to its end: ${why}`, blame);
  const killed = (by: string) => broken(`ffmpeg was ended by ${by}`, "decoder");
  const args = [
    ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"],
    // Seeking is exact: ffmpeg decodes from the preceding key frame.
    ...from > 0 ? ["-ss", `${from}`] : [],
    ...to === undefined ? [] : ["-to", `${to}`],
    "-copyts", // keep the file's timestamps, which need not begin at 0
    ...[...(stream ? pipeArguments() : inputArguments(path)), "-map", "0:v:0"],
    // Pixels that are not square are made so; the others pass unchanged.
    ...["-vf", `select=not(mod(n\\,${every})),scale=trunc(iw*sar+0.5):ih,setsar=1,showinfo`],
    ...["-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-"],
  ];
  const process = startFfmpeg(ffmpeg, path, args, stream ? "piped" : "null");
  // ffmpeg closes the pipe when it has read enough, which is no error.
  const feeding = new AbortController();
  const fed = stream?.pipeTo(process.stdin, { signal: feeding.signal }).catch(() => {});
  const report = new FfmpegReport(process.stderr, { from, every });
  const stop = endOnAbort(process, signal);
  const end = async () => {
    stop();
    feeding.abort(); // otherwise it would wait for a stalled stream
    await Promise.all([process.status, report.done, fed]);
  };
  async function* frames(): AsyncGenerator<Frame> {
    let index = 0;
    try {
      for await (const picture of ppmFrames(process.stdout)) {
        signal?.throwIfAborted();
        yield { ...picture, index, seconds: await report.time(index) };
        index++;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      const { signal: ended } = await process.status;
      throw ended ? killed(ended) : broken(error.message, "file");
    }
    signal?.throwIfAborted();
    const { code, signal: ended } = await process.status;
    await report.done;
    if (ended) throw killed(ended);
    if (code !== 0 || index === 0) {
      throw new VideoError(`Cannot decode "${path}": ${report.why(from, to)}`, "file");
    }
  }
  return {
    seconds: report.seconds,
    async *[Symbol.asyncIterator]() {
      try {
        yield* frames();
      } finally {
        await end();
      }
    },
    [Symbol.asyncDispose]: end,
  };
}

function checkOptions(path: string, from: number, to: number | undefined, every: number): void {
  const refuse = (why: string) => new RangeError(`Cannot read "${path}": ${why}`);
  if (!(Number.isFinite(from) && from >= 0)) throw refuse(`it can't begin at ${from} s`);
  if (to !== undefined && !(Number.isFinite(to) && to > from)) {
    throw refuse(`it can't end at ${to} s, where it begins at ${from} s`);
  }
  if (!Number.isInteger(every) || every < 1) {
    throw refuse(`every ${every} frames is no whole number from 1 on`);
  }
}
