import { dirname } from "node:path";
import { environment } from "../engine/mod.ts";
import { findModel } from "../io/find_model.ts";
import { hubSettings } from "../io/hub_settings.ts";
import { writeAtomically } from "../io/write_atomically.ts";
import { FaceDetector } from "../media/face/face_detector.ts";
import { ImagePreparer } from "../media/image_preparer.ts";
import { openVideo } from "../media/video/open_video.ts";
import { VideoError } from "../media/video/video_error.ts";
import { clipName } from "../model/clip/config.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { loadHead } from "../model/clip_au/head_file.ts";
import { headFingerprint } from "../model/clip_au/head_parameters.ts";
import { ClipAutt } from "../tta/clip_autt.ts";
import { loadSubject, saveSubject } from "../tta/subject_state.ts";
import { tuningModes, type TuningSettings } from "../tta/tuning_settings.ts";
import { type About, projectVersion } from "./infer/about.ts";
import { analyse } from "./infer/analyse.ts";
import { countdown } from "./countdown.ts";
import { Interrupted, interruptedCode, interruptSignal } from "./interrupt.ts";
import { clearStatus, say } from "./status_line.ts";
import { summarise } from "./infer/summary.ts";
import { encodeOverlay, writeOverlay } from "./infer/overlay.ts";
import { ThumbnailKeeper } from "./infer/report/thumbnails.ts";
import { type SeenFrame, type ShowFace, watchVideo } from "./infer/watch_video.ts";
import { encodeCsv } from "./infer/write_csv.ts";
import { encodeJson } from "./infer/write_json.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  UsageError,
  userPath,
} from "./terminal.ts";

const help = `Reads the expression of a person in a video, adapted to that person.

usage: deno task infer VIDEO --head FILE [options]
  VIDEO             any that ffmpeg decodes
  --head FILE       a head of \`deno task train\`, or the authors' .pth
  --classes A,B     names of the classes, for heads that don't have them
  --model NAME      a CLIP of \`deno task weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --from S, --to S  seconds of the video
  --every N         every so many frames one (default 2)
  --person N        whom to watch, in the order of appearance (default: the largest and most central)
  --no-face-crop    frames are faces already
  --method NAME     paper or official: how prompts are tuned (default paper)
  --no-adapt        decide without adapting
  --subject FILE    keep what is learnt of the person in FILE, and go on with it if it is there
  --least X         the probability that an answer takes (default 0.6)
  --json FILE       everything, for machines (docs/infer-json.md)
  --csv FILE        a row for each frame
  --video FILE      the video again (.mp4), with the face's box, the class and the strongest units
  --report FILE     a page with charts, to look at and to print; needs nothing but itself
${deviceHelp}

Faces never leave the machine: nothing here opens a connection. Exit codes: 0 an answer, 3 none (no face,
too short, too uncertain: said why), 2 a wrong command line, 4 no video that can be read, 5 no ffmpeg,
1 anything else, 130 Ctrl-C. Not a medical device.`;

/** What too few frames are. */
const leastFrames = 4;

/** The \`infer\` command. */
export async function infer(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    head: { type: "string" },
    classes: { type: "string" },
    model: { type: "string", default: "vit-b-32" },
    from: { type: "string" },
    to: { type: "string" },
    every: { type: "string", default: "2" },
    person: { type: "string" },
    "no-face-crop": { type: "boolean", default: false },
    method: { type: "string", default: "paper" },
    "no-adapt": { type: "boolean", default: false },
    subject: { type: "string" },
    least: { type: "string", default: "0.6" },
    json: { type: "string" },
    csv: { type: "string" },
    report: { type: "string" },
    video: { type: "string" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [video] = positionals;
  if (video === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot read ${positionals.length} videos: name one`);
  }
  if (values.head === undefined) {
    throw new UsageError(
      "Cannot decide without a head: train one with `deno task train`, or name the authors' .pth, " +
        "with --head",
    );
  }
  const settings = chooseSettings(values.method, values["no-adapt"]);
  const number = (name: "from" | "to" | "every" | "person" | "least", least: number) => {
    const text = values[name];
    const x = text === undefined ? undefined : text.trim() === "" ? NaN : Number(text);
    if (x === undefined || (x >= least && x < Infinity)) return x;
    throw new UsageError(`Cannot read with --${name} ${text}: wanted a number from ${least} on`);
  };
  const options = { from: number("from", 0), to: number("to", 0), every: number("every", 1) };
  const person = number("person", 1), leastProbability = number("least", 0) ?? 0;
  const path = userPath(video);
  for (const out of [values.json, values.csv, values.report, values.video, values.subject]) {
    await checkFolder(out);
  }
  const head = await loadHead(userPath(values.head), values.classes?.split(","));
  const model = await findModel(values.model, hubSettings(environment));
  if (model === undefined) {
    throw new Error(
      `Cannot find the model "${values.model}" on this machine: get it with ` +
        `\`deno task weights ${values.model}\`, or name a folder or a file with --model`,
    );
  }
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    await using opened = openVideo(path, {
      ...options,
      signal,
      ffmpeg: environment("AUTT_FFMPEG"),
    });
    using device = await openNamed(values.adapter);
    using clip = await loadClip(device, model, { tunable: true });
    using clipAu = await ClipAu.open(device, clip, head);
    const reset = values.subject === undefined ? "video" : "subject";
    using autt = await ClipAutt.open(clipAu, { settings, reset });
    const subject = values.subject === undefined ? undefined : userPath(values.subject);
    if (subject !== undefined && await isFile(subject)) autt.restore(await loadSubject(subject));
    using preparer = new ImagePreparer(device, clip.config.image.size);
    using detector = values["no-face-crop"] ? undefined : await FaceDetector.open(device);
    const frames: SeenFrame[] = [];
    const length = await opened.seconds;
    const end = Math.min(options.to ?? Infinity, length ?? Infinity), begin = options.from ?? 0;
    const show = Number.isFinite(end) && end > begin
      ? countdown(Math.round(10 * (end - begin)) / 10, "seconds of video seen")
      : undefined;
    const thumbnails = new ThumbnailKeeper(clip.config.image.size);
    const showFace: ShowFace | undefined = values.report === undefined
      ? undefined
      : (frame, square) => thumbnails.offer(frame, square);
    const tools = { clip, preparer, detector, person, showFace };
    for await (const frame of watchVideo(opened, tools)) {
      frames.push(frame);
      show?.(Math.round(10 * Math.max(0.1, frame.seconds - begin)) / 10);
    }
    const steps = countdown(settings.steps, "steps of adapting");
    const analysis = await analyse(clipAu, autt, frames, { leastFrames, leastProbability }, {
      signal,
      onStep: (_, done) => steps(done),
    });
    const about: About = {
      version: projectVersion,
      adapter: device.adapter.name,
      clip: { name: clipName(clip.config), fingerprint: await clip.fingerprint() },
      head: { path: values.head, fingerprint: headFingerprint(head.parameters) },
      classes: head.classes,
      auPrompts: head.auPrompts,
      settings: settings.steps > 0 ? settings : undefined,
    };
    clearStatus();
    if (values.json !== undefined) {
      await writeAtomically(userPath(values.json), encodeJson(video, analysis, about));
    }
    if (values.csv !== undefined) {
      await writeAtomically(userPath(values.csv), encodeCsv(analysis, about));
    }
    if (values.report !== undefined) {
      // Loaded where it is asked for: charts take a while to load.
      const { encodePage } = await import("./infer/report/page.ts");
      const page = encodePage(video, analysis, about, await thumbnails.encode());
      await writeAtomically(userPath(values.report), page);
    }
    const [first] = frames;
    if (values.video !== undefined && first) {
      const subtitles = encodeOverlay(analysis, about, first);
      const ffmpeg = environment("AUTT_FFMPEG");
      await writeOverlay(path, userPath(values.video), subtitles, { ...options, ffmpeg, signal });
    }
    if (subject !== undefined && analysis.adaptation) await saveSubject(subject, autt.state);
    console.log(summarise(video, analysis, about));
    return analysis.abstained === undefined ? 0 : 3;
  } catch (error) {
    if (error instanceof Interrupted) {
      say("stopped: nothing was written");
      return interruptedCode;
    }
    if (!(error instanceof VideoError)) throw error;
    say(`error: ${error.message}`);
    return error.blame === "decoder" ? 5 : 4;
  }
}

function chooseSettings(method: string, plain: boolean): TuningSettings {
  const mode = Object.hasOwn(tuningModes, method)
    ? tuningModes[method as keyof typeof tuningModes]
    : undefined;
  if (!mode) {
    throw new UsageError(
      `Cannot adapt by "${method}": the methods are ${Object.keys(tuningModes).join(" and ")}`,
    );
  }
  return plain ? { ...mode, steps: 0 } : mode;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

/** An output's folder must be there before the work is done. */
async function checkFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const folder = dirname(userPath(path));
  const there = await Deno.stat(folder).then((info) => info.isDirectory, () => false);
  if (!there) throw new Error(`Cannot write "${path}": there is no folder ${folder}`);
}
