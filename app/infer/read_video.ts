import { dirname } from "node:path";
import { writing } from "../../io/files/writing.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import type { Reading, VideoReader } from "../../person/video_reader.ts";
import type { SubjectState } from "../../tta/clip_autt/subject_state.ts";
import { untilInterrupted } from "../terminal/interrupt.ts";
import type { StageClock } from "../terminal/stage_clock.ts";
import { clearStatus } from "../terminal/status_line.ts";
import type { About } from "./about.ts";
import type { InferCommand } from "./command.ts";
import type { NamedVideo } from "./find_videos.ts";
import { FaceAlbum } from "./report/thumbnails.ts";
import { showProgress } from "./show_progress.ts";
import { type OutputPaths, writeOutputs } from "./write_outputs.ts";

/** What all videos of a run share. */
export interface Run {
  readonly reader: VideoReader;
  readonly about: About;
  /** Rejects outputs that would replace an input. */
  readonly guard: (outputs: OutputPaths) => Promise<void>;
  readonly signal: AbortSignal;
  readonly clock: StageClock;
  /** Keeps what was learnt of the person; undefined if nothing is to be kept. */
  readonly keep: ((learnt: SubjectState) => Promise<void>) | undefined;
  /**
   * Frees the models when nothing is left to be read: outputs are written without them, and those of a
   * long video take memory too. Undefined if they are needed again.
   */
  readonly letGo?: (() => void) | undefined;
}

/** Reads a video and writes its outputs; returns what was decided. */
export async function readVideo(
  video: NamedVideo,
  command: Pick<InferCommand, "many" | "options" | "outputs">,
  { reader, about, guard, signal, clock, keep, letGo }: Run,
): Promise<Reading[]> {
  const { many, options } = command;
  const autt = reader.decider?.autt, album = new FaceAlbum();
  const known = autt?.state;
  const reading = reader.read(() => openFrames(video.path, { ...options, signal }), {
    ...options,
    signal,
    clock,
    // A few pictures of everyone take much memory where many people are seen.
    showFace: command.outputs(video).report === undefined ? undefined : album.take,
    onProgress: showProgress(options.from ?? 0, autt?.settings.steps ?? 0),
  });
  // After Ctrl-C, work already submitted to the device is not waited for.
  const results = await untilInterrupted(Array.fromAsync(reading), signal);
  clearStatus();
  letGo?.();
  // Outputs need no features, which are most of what is kept of a long video.
  for (const { analysis } of results) {
    for (const frame of analysis.frames) frame.features = undefined;
  }
  // Person 1 is written last: if their outputs exist, all others do.
  for (const { person, analysis } of results.toReversed()) {
    const paths = command.outputs(video, person), folder = dirname(paths.json ?? "");
    await guard(paths);
    if (many) await writing(folder, () => Deno.mkdir(folder, { recursive: true }));
    const write = () => writeOutputs(video, analysis, album, about, paths, { ...options, signal });
    await clock.time("write", write);
  }
  for (const { analysis } of results) {
    if (keep === undefined || !autt || !known) continue;
    // What was learned from a video without an answer is discarded.
    if (analysis.abstained === undefined) await keep(autt.state);
    else autt.restore(known);
  }
  return results;
}
