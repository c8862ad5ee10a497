import { dirname } from "node:path";
import { environment } from "../../engine/mod.ts";
import { FaceDetector } from "../../media/face/face_detector.ts";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { openFrames } from "../../media/video/open_frames.ts";
import { VideoError } from "../../media/video/video_error.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import {
  type Enrolment,
  loadEnrolment,
  mergeEnrolments,
  saveEnrolment,
} from "../../media/features/enrolment.ts";
import { neutralMean } from "../../model/clip_au/neutral.ts";
import { watchVideo } from "../../media/features/watch_video.ts";
import { modelPath } from "../terminal/model_path.ts";
import { StageClock } from "../terminal/stage_clock.ts";
import {
  Interrupted,
  interruptedCode,
  interruptSignal,
  untilInterrupted,
} from "../terminal/interrupt.ts";
import { clearStatus, say, showStatus } from "../terminal/status_line.ts";
import { enrolmentPath } from "./subject_path.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help =
  `Learns what a person's face is like at rest, for heads that were trained with --centred.

usage: deno task enroll --subject NAME VIDEO … [options]
  VIDEO             the person without any expression, a few seconds; or a folder of pictures
  --subject NAME    by this name \`infer --subject NAME\` finds it again
  --model NAME      the CLIP of the head, as in \`infer\` (default vit-b-32; demo for the demo's)
  --no-face-crop    frames are faces already
  --every N         every so many frames one (default 2)
  --again           forget what is known of this person's face, instead of adding to it
${deviceHelp}

Kept is a mean of features and its count, not a picture; \`deno task subject NAME\` shows and deletes it.
Exit codes: 0 done, 2 a wrong command line, 3 no face was seen, 4 no video that can be read, 5 no ffmpeg,
1 anything else, 130 Ctrl-C. Whatever goes wrong, what was known before stays as it was.`;

/** The `enroll` command. */
export async function enroll(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    subject: { type: "string" },
    model: { type: "string", default: "vit-b-32" },
    "no-face-crop": { type: "boolean", default: false },
    every: { type: "string", default: "2" },
    again: { type: "boolean", default: false },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (values.subject === undefined) {
    throw new UsageError("Cannot enroll somebody without a name: give one with --subject");
  }
  if (positionals.length === 0) {
    throw new UsageError("Cannot enroll somebody by 0 videos: name one of their neutral face");
  }
  const every = Number(values.every);
  if (!Number.isInteger(every) || every < 1) {
    throw new UsageError(`Cannot look at every ${values.every} frames: wanted a whole number`);
  }
  const videos = positionals.map((name) => ({ name, path: userPath(name) }));
  const path = enrolmentPath(values.subject), cropped = !values["no-face-crop"];
  const there = await fileSize(path) !== undefined;
  const known = there && !values.again ? await loadEnrolment(path) : undefined;
  const model = await modelPath(values.model);
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    using device = await openNamed(values.adapter);
    using clip = await untilInterrupted(loadClip(device, model), signal);
    using preparer = new ImagePreparer(device, clip.config.image.size);
    using detector = cropped
      ? await untilInterrupted(FaceDetector.open(device), signal)
      : undefined;
    const clips: Float32Array[] = [];
    for (const { name, path } of videos) {
      const options = { every, signal, ffmpeg: environment("AUTT_FFMPEG") };
      await using opened = await openFrames(path, options);
      const tools = {
        clip,
        preparer,
        detector,
        clock: new StageClock(),
      };
      const features: number[] = [];
      let frames = 0;
      for await (const frame of watchVideo(opened, tools)) {
        frames++;
        if (frame.features) features.push(...frame.features);
        if (Deno.stderr.isTerminal()) showStatus(`${name}: ${frames} frames seen`);
      }
      clearStatus();
      if (features.length === 0) {
        say(`error: Cannot enroll ${values.subject} by "${name}": no face was seen in it`);
        return 3;
      }
      clips.push(Float32Array.from(features));
    }
    const fresh: Enrolment = {
      ...neutralMean(clips, clip.config.embedding),
      clip: await clip.fingerprint(),
      cropped,
      videos: clips.length,
    };
    const all = known ? mergeEnrolments(known, fresh) : fresh;
    await Deno.mkdir(dirname(path), { recursive: true });
    await saveEnrolment(path, all);
    console.log(
      `${values.subject} is enrolled with ${all.frames} frames of ${all.videos} videos` +
        (known ? `, ${fresh.frames} of them new` : ""),
    );
    return 0;
  } catch (error) {
    clearStatus();
    if (error instanceof Interrupted) {
      say("stopped: nothing was written");
      return interruptedCode;
    }
    if (!(error instanceof VideoError)) throw error;
    say(`error: ${error.message}`);
    return error.blame === "decoder" ? 5 : 4;
  }
}
