import { environment } from "../../engine/mod.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { loadEnrolment } from "../../media/features/enrolment_file.ts";
import { newestFrames } from "../../media/video/newest_frames.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { openVideo } from "../../media/video/open_video.ts";
import { VideoError } from "../../media/video/video_error.ts";
import { facsUnit, unitLabel } from "../../model/clip_au/facs.ts";
import { loadHead } from "../../model/clip_au/load_head.ts";
import { percent } from "../../person/analyse.ts";
import { clockTime } from "../../person/event_groups.ts";
import { openReader } from "../../person/open_reader.ts";
import { type LiveReport, watchLive } from "../../person/watch_live.ts";
import { clipAu } from "../../tta/methods/clip_au.ts";
import { demoHead, demoSample } from "../../demo/model.ts";
import { tellPrecision } from "../infer/tell_precision.ts";
import { enrolmentPath } from "../people/subject_path.ts";
import { stoppable, untilInterrupted } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { say } from "../terminal/status_line.ts";
import {
  allowedNumber,
  modelHelp,
  modelOptions,
  openNamed,
  parseOptions,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { type LiveSource, openCamera, playFile, standardInput } from "./open_source.ts";

const help = `Reports what a person's face does, live, from a camera or a stream.

usage: ./autt watch [VIDEO] [options]
       ffmpeg … -f nut - | ./autt watch -
  VIDEO             a file, played at its own speed; - is a stream on standard input (default: a camera)
  --camera NAME     the camera, as ffmpeg calls it (/dev/video1, 1, video=NAME)
  --head FILE       a head from \`./autt train\`: its classes are reported too, without adapting
  --subject NAME    compare with the resting face that \`./autt enroll\` learnt by that name
  --model NAME      the CLIP (default vit-b-32; demo for the demo's)
  --no-face-crop    the frames show nothing but a face
  --interval S      seconds between lines (default 1)
  --json            a line of JSON instead, for programs
${modelHelp}

Each line says which Action Units are more than usual, how old the newest frame was when the line was
printed (latency), and how many frames were looked at. A slow machine skips frames instead of falling behind.
Nothing is kept, and nothing is sent anywhere. Ctrl-C ends it. Exit codes: 0 the video ended or Ctrl-C, 4 a
video that cannot be read, 5 no ffmpeg, 2 an invalid command line, 1 any other error.`;

/** The \`watch\` command. */
export async function watch(args: string[]): Promise<number> {
  const { values, positionals: [named, ...more] } = parseOptions(args, {
    ...modelOptions,
    ...texts("camera", "head", "subject"),
    ...switches("no-face-crop", "json"),
    model: { type: "string", default: "vit-b-32" },
    interval: { type: "string", default: "1" },
  }, help);
  if (more.length > 0 || (named !== undefined && values.camera !== undefined)) {
    throw new UsageError("Cannot watch several videos at once: name one, or a camera");
  }
  const interval = allowedNumber(
    values.interval,
    (x) => x >= 0.1 && x <= 3600,
    `Cannot use --interval ${values.interval}: wanted 0.1 to 3600 seconds`,
  );
  const path = values.head !== undefined
    ? userPath(values.head)
    : values.model === "demo"
    ? demoHead
    : undefined;
  const head = path === undefined ? undefined : await loadHead(path);
  const rest = values.subject === undefined ? undefined : enrolmentPath(values.subject);
  if (rest !== undefined && await fileSize(rest) === undefined) {
    throw new UsageError(
      `Cannot compare with ${values.subject}: nobody is enrolled by that name: use \`./autt enroll\``,
    );
  }
  const precision = readPrecision(values.precision);
  const enrolment = rest === undefined ? undefined : await loadEnrolment(rest);
  const model = await modelPath(values.model, values.yes);
  try {
    const ffmpeg = environment("AUTT_FFMPEG");
    return await stoppable(async (signal) => {
      using device = await openNamed(values);
      using reader = await untilInterrupted(
        openReader({
          ...{ device, model, precision, head, enrolment, entry: head && clipAu },
          ...{ classes: head?.classes ?? [], sources: undefined, onePerson: false },
          faces: values["no-face-crop"] ? "whole frame" : "find",
        }),
        signal,
      );
      tellPrecision(reader.watcher.clip, { head: head?.clip });
      // Kernels are compiled before the camera runs: the first frames would wait for them.
      const warming = reader.watcher.watch(
        () => openFrames(demoSample, { to: 0.2, ffmpeg, signal }),
        undefined,
        { batch: 1, live: true },
      );
      await untilInterrupted(Array.fromAsync(warming), signal);
      using source = await openSource(named, values.camera);
      say(`watching ${source.name}; Ctrl-C ends it`);
      await using live = newestFrames(openVideo(source.bytes, { ffmpeg, signal }));
      for await (const report of watchLive(reader, live, { interval, signal })) {
        console.log(
          values.json ? jsonLine(report, head?.classes) : line(report, head?.classes),
        );
      }
      return 0;
    }, "stopped");
  } catch (error) {
    if (!(error instanceof VideoError)) throw error;
    say(`error: ${error.message}`);
    return error.blame === "decoder" ? 5 : 4;
  }
}

async function openSource(
  named: string | undefined,
  camera: string | undefined,
): Promise<LiveSource> {
  if (named === undefined) return openCamera(camera);
  if (named === "-") return standardInput();
  const path = userPath(named);
  if (await fileSize(path) !== undefined) return playFile(path);
  throw new VideoError(`Cannot watch "${named}": there is no such file`, "file");
}

/** How many units a line names. */
const mostUnits = 4;

/** A report for people. */
function line(report: LiveReport, classes: readonly string[] | undefined): string {
  const { seconds, latency, frames, gap, more, probabilities } = report;
  const names = more.slice(0, mostUnits).map(({ prompt }) => unitLabel(prompt));
  const shares = classes?.map((name, i) => `${name} ${percent(probabilities?.[i] ?? NaN)}`);
  return [
    clockTime(seconds).padStart(8),
    ...probabilities && shares ? [shares.join(", ")] : [],
    gap ?? (names.length > 0 ? names.join(", ") : "as usual"),
    `(latency ${latency.toFixed(1)} s, ${frames.seen} frames)`,
  ].join("  ");
}

/** A report for programs. */
function jsonLine(report: LiveReport, classes: readonly string[] | undefined): string {
  const { seconds, latency, frames, gap, more, probabilities } = report;
  return JSON.stringify({
    seconds,
    latency: Number(latency.toFixed(3)),
    frames: { seen: frames.seen, passed_over: frames.passedOver },
    gap: gap ?? null,
    probabilities: probabilities && classes
      ? Object.fromEntries(classes.map((name, i) => [name, probabilities[i]]))
      : null,
    more_than_usual: more.map(({ prompt, seconds: { onset }, strength }) => ({
      ...{ prompt, ...facsUnit(prompt) },
      since: onset,
      strength: Number(strength.toFixed(3)),
    })),
  });
}
