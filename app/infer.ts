import { basename, dirname, join } from "node:path";
import { environment } from "../engine/mod.ts";
import { fileSize } from "../io/hub_cache.ts";
import { isFolder } from "../io/is_folder.ts";
import { VideoError } from "../media/video/video_error.ts";
import { loadHead } from "../model/clip_au/head_file.ts";
import { loadSubject, saveSubject } from "../tta/subject_state.ts";
import { tuningModes, type TuningSettings } from "../tta/tuning_settings.ts";
import { findVideos, type NamedVideo, shardOf } from "./infer/find_videos.ts";
import { StageClock } from "./infer/stage_clock.ts";
import { summarise } from "./infer/summary.ts";
import { type ReadOptions, VideoReader } from "./infer/video_reader.ts";
import {
  type OutputKind,
  outputKinds,
  type OutputPaths,
  writeOutputs,
} from "./infer/write_outputs.ts";
import { Interrupted, interruptedCode, interruptSignal } from "./interrupt.ts";
import { modelPath } from "./model_path.ts";
import { clearStatus, say } from "./status_line.ts";
import { subjectPath } from "./subject_path.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  sentenceOf,
  UsageError,
  userPath,
} from "./terminal.ts";

const help = `Reads the expression of a person in a video, adapted to that person.

usage: deno task infer VIDEO --head FILE [options]
       deno task infer VIDEO|FOLDER … --head FILE --out FOLDER [options]
  VIDEO             any that ffmpeg decodes, or a folder of frames as pictures; with --out a FOLDER
                    stands for the videos in it
  --head FILE       a head of \`deno task train\`, or the authors' .pth
  --classes A,B     names of the classes, for heads that don't have them
  --model NAME      a CLIP of \`deno task weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --from S, --to S  seconds of the video
  --every N         every so many frames one (default 2)
  --rate N          frames a second of a folder of pictures (default 25)
  --person N        whom to watch, in the order of appearance (default: the largest and most central)
  --no-face-crop    frames are faces already
  --method NAME     paper or official: how prompts are tuned (default paper)
  --no-adapt        decide without adapting
  --subject NAME    keep what is learnt of the person by that name, or in a file of that path, and go
                    on with it if it is there (\`deno task subject\`)
  --profile         what each stage took, on standard error
  --least X         the probability that an answer takes (default 0.6)
  --json FILE       everything, for machines (docs/infer-json.md)
  --csv FILE        a row for each frame
  --video FILE      the video again (.mp4), with the face's box, the class and the strongest units
  --report FILE     a page with charts, to look at and to print; needs nothing but itself

Many at a time:
  --out FOLDER      a file for each, named after it: NAME.json and what --write asks for
  --write A,B       json, csv, report, video (default json)
  --resume          leave out those whose JSON is there
  --shard I/N       only the Ith of N parts of the list: for several machines
${deviceHelp}

Faces never leave the machine: nothing here opens a connection. Exit codes: 0 an answer, 3 none (no face,
too short, too uncertain: said why), 2 a wrong command line, 4 no video that can be read, 5 no ffmpeg,
1 anything else, 130 Ctrl-C; of many videos 4 if one can't be read, else 3 if one has no answer. Not a
medical device.`;

/** What too few frames are. */
const leastFrames = 4;

/** The `infer` command. */
export async function infer(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    head: { type: "string" },
    classes: { type: "string" },
    model: { type: "string", default: "vit-b-32" },
    from: { type: "string" },
    to: { type: "string" },
    every: { type: "string", default: "2" },
    rate: { type: "string" },
    person: { type: "string" },
    "no-face-crop": { type: "boolean", default: false },
    method: { type: "string", default: "paper" },
    "no-adapt": { type: "boolean", default: false },
    subject: { type: "string" },
    least: { type: "string", default: "0.6" },
    profile: { type: "boolean", default: false },
    json: { type: "string" },
    csv: { type: "string" },
    report: { type: "string" },
    video: { type: "string" },
    out: { type: "string" },
    write: { type: "string", default: "json" },
    resume: { type: "boolean", default: false },
    shard: { type: "string" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (positionals.length === 0) throw new UsageError("Cannot read 0 videos: name one");
  const many = values.out !== undefined;
  if (positionals.length > 1 && !many) {
    throw new UsageError(
      `Cannot read ${positionals.length} videos at once: say where to with --out`,
    );
  }
  const single = (["json", "csv", "report", "video"] as const).filter((kind) => values[kind]);
  if (many && single.length > 0) {
    throw new UsageError(`Cannot write --${single[0]} of many videos: use --out and --write`);
  }
  if (!many && (values.resume || values.shard !== undefined)) {
    throw new UsageError("Cannot resume or share out a single video: --out is for many");
  }
  const { head: headPath } = values;
  if (headPath === undefined) {
    throw new UsageError(
      "Cannot decide without a head: train one with `deno task train`, or name the authors' .pth, " +
        "with --head",
    );
  }
  const settings = chooseSettings(values.method, values["no-adapt"]);
  const number = (name: "from" | "to" | "every" | "rate" | "person" | "least", least: number) => {
    const text = values[name];
    const x = text === undefined ? undefined : text.trim() === "" ? NaN : Number(text);
    if (x === undefined || (x >= least && x < Infinity)) return x;
    throw new UsageError(
      `Cannot read with --${name} ${text}: wanted a number${
        least === Number.MIN_VALUE ? " above 0" : ` from ${least} on`
      }`,
    );
  };
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  const clock = new StageClock();
  const options: ReadOptions = {
    clock,
    from: number("from", 0),
    to: number("to", 0),
    every: number("every", 1),
    person: number("person", 1),
    rate: number("rate", Number.MIN_VALUE),
    leastFrames,
    leastProbability: number("least", 0) ?? 0,
    signal,
    ffmpeg: environment("AUTT_FFMPEG"),
  };
  const kinds = many ? readKinds(values.write) : single;
  for (const out of single.map((kind) => values[kind])) {
    await checkFolder(out);
  }
  const out = values.out === undefined ? undefined : userPath(values.out);
  const listed = many ? await listVideos(positionals) : positionals.map(named);
  const shard = values.shard === undefined ? listed : shardOf(listed, values.shard);
  if (!shard) throw new UsageError(`Cannot take part ${values.shard}: wanted one such as 2/5`);
  const outputs = (video: NamedVideo): OutputPaths =>
    Object.fromEntries(
      kinds.map((kind) => [
        kind,
        out === undefined
          ? userPath(values[kind] ?? "")
          : join(out, `${video.name}.${outputKinds[kind]}`),
      ]),
    );
  const videos: NamedVideo[] = [];
  for (const video of shard) {
    if (!values.resume || !await isFile(outputs(video).json ?? "")) videos.push(video);
  }
  if (videos.length < shard.length) say(`${shard.length - videos.length} videos are done already`);
  if (videos.length === 0) {
    if (shard.length > 0) return 0;
    throw new Error(`Cannot find a video in ${positionals.join(", ")}`);
  }
  const head = await loadHead(userPath(headPath), values.classes?.split(","));
  const model = await modelPath(values.model);
  const subject = values.subject === undefined ? undefined : subjectPath(values.subject);
  if (subject !== undefined) await Deno.mkdir(dirname(subject), { recursive: true });
  using device = await openNamed(values.adapter);
  using reader = await clock.time("load", () =>
    VideoReader.open({
      device,
      model,
      head,
      headPath,
      settings,
      onePerson: subject !== undefined,
      findFaces: !values["no-face-crop"],
    }));
  const { autt, about } = reader;
  if (subject !== undefined && await isFile(subject)) autt.restore(await loadSubject(subject));
  let worst = 0;
  for (const video of videos) {
    try {
      const result = await reader.read(video.path, options);
      const paths = outputs(video);
      if (many) await Deno.mkdir(dirname(paths.json ?? ""), { recursive: true });
      await clock.time("write", () => writeOutputs(video, result, about, paths, options));
      if (subject !== undefined && result.analysis.adaptation) {
        await saveSubject(subject, autt.state);
      }
      console.log(summarise(video.name, result.analysis, about));
      worst = Math.max(worst, result.analysis.abstained === undefined ? 0 : 3);
    } catch (error) {
      clearStatus();
      if (error instanceof Interrupted) {
        say(
          many
            ? "stopped: what is written is whole; go on with --resume"
            : "stopped: nothing was written",
        );
        return interruptedCode;
      }
      // Without a decoder the others would fail as well.
      if (!many || (error instanceof VideoError && error.blame === "decoder")) {
        if (!(error instanceof VideoError)) throw error;
        say(`error: ${error.message}`);
        return error.blame === "decoder" ? 5 : 4;
      }
      say(`error: ${sentenceOf(error)}`);
      worst = 4;
    }
  }
  if (values.profile) {
    const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
    say(clock.table());
    say(
      `memory: ${mebibytes(device.pool.peakBytes)} of the device at most, ` +
        `${mebibytes(Deno.memoryUsage().rss)} resident at the end`,
    );
  }
  return worst;
}

/** A video as the user named it. */
function named(name: string): NamedVideo {
  return { name, path: userPath(name) };
}

/** The videos that are named, and those of the folders that are named. */
async function listVideos(names: readonly string[]): Promise<NamedVideo[]> {
  const all: NamedVideo[] = [];
  for (const name of names) {
    const path = userPath(name);
    if (await isFolder(path)) all.push(...await findVideos(path));
    else all.push({ name: basename(path), path });
  }
  const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) < i);
  if (twice) {
    throw new UsageError(
      `Cannot write two videos named "${twice.name}" to one folder: take them apart`,
    );
  }
  return all;
}

function readKinds(text: string): OutputKind[] {
  const kinds = text.split(",").map((kind) => kind.trim());
  const strange = kinds.find((kind) => !Object.hasOwn(outputKinds, kind));
  if (strange !== undefined) {
    throw new UsageError(
      `Cannot write "${strange}": wanted any of ${Object.keys(outputKinds).join(", ")}`,
    );
  }
  return [...new Set(["json", ...kinds])] as OutputKind[];
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
  return await fileSize(path) !== undefined;
}

/** An output's folder must be there before the work is done. */
async function checkFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const folder = dirname(userPath(path));
  if (!await isFolder(folder)) {
    throw new Error(`Cannot write "${path}": there is no folder ${folder}`);
  }
}
