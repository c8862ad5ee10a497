import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { demoSample } from "../../demo/model.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import type { ReadOptions } from "../../person/video_reader.ts";
import type { Faces } from "../../media/features/watcher.ts";
import { deviceOptions, parseOptions, UsageError, userPath } from "../terminal/terminal.ts";
import { chooseMethod, type ChosenMethod } from "./choose_method.ts";
import { chooseParts, type NamedParts } from "./choose_parts.ts";
import { listVideos, type NamedVideo, shardOf } from "./find_videos.ts";
import { help } from "./help.ts";
import { type OutputKind, outputKinds, type OutputPaths } from "./write_outputs.ts";

/** Default of `--every`. */
const usualEvery = "2";

/** The parsed command line. */
export interface InferCommand extends NamedParts {
  readonly adapter: string | undefined;
  readonly model: string;
  readonly method: ChosenMethod;
  readonly faces: Faces;
  /** The person's name, as given. */
  readonly subject: string | undefined;
  /** The positional arguments. */
  readonly named: readonly string[];
  /** The videos they stand for, or this machine's share of them. */
  readonly videos: readonly NamedVideo[];
  /** Whether there may be many videos: then a broken one does not stop the run. */
  readonly many: boolean;
  readonly resume: boolean;
  readonly profile: boolean;
  readonly options: Pick<
    ReadOptions,
    "from" | "to" | "every" | "rate" | "person" | "leastProbability" | "ffmpeg"
  >;
  /** Output paths of a video, or of one person in it. */
  outputs(video: NamedVideo, person?: number): OutputPaths;
}

const commandOptions = {
  ...deviceOptions,
  head: { type: "string" },
  classes: { type: "string" },
  model: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  every: { type: "string" },
  rate: { type: "string" },
  person: { type: "string" },
  all: { type: "boolean", default: false },
  "no-face-crop": { type: "boolean", default: false },
  method: { type: "string", default: "paper" },
  sources: { type: "string" },
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
} as const;

type Values = ReturnType<typeof parseOptions<typeof commandOptions>>["values"];

/** Parses the command line; with `--help`, prints the help and returns nothing. */
export async function readCommand(args: string[]): Promise<InferCommand | undefined> {
  const { values, positionals } = parseOptions(args, commandOptions);
  if (values.help) {
    console.log(help);
    return;
  }
  const demo = positionals.length === 0 && values.head === undefined &&
    (values.model ?? "demo") === "demo" && values.out === undefined;
  const { model = demo ? "demo" : "vit-b-32" } = values;
  const many = values.out !== undefined;
  const single = (["json", "csv", "report", "video"] as const).filter((kind) => values[kind]);
  checkVideos(values, positionals.length, demo, single);
  const method = chooseMethod(values.method, values["no-adapt"]);
  const parts = chooseParts(method, values, model);
  if (values.all && (values.person !== undefined || values.subject !== undefined)) {
    throw new UsageError("Cannot watch everyone and one person: leave out --all, or the other");
  }
  if (values.all && values["no-face-crop"]) {
    throw new UsageError("Cannot tell people apart without looking for faces: leave out --all");
  }
  const number = (name: "from" | "to" | "every" | "rate" | "person" | "least", least: number) =>
    readNumber(values, name, least);
  const kinds = many ? readKinds(values.write) : single;
  for (const path of single.map((kind) => values[kind])) await checkFolder(path);
  if (demo) await checkDemoVideo(values.video);
  const out = values.out === undefined ? undefined : userPath(values.out);
  const listed = demo
    ? [{ name: "a drawn face", path: demoSample }]
    : many
    ? await listVideos(positionals)
    : positionals.map((name) => ({ name, path: userPath(name) }));
  const videos = values.shard === undefined ? listed : shardOf(listed, values.shard);
  if (!videos) throw new UsageError(`Cannot take part ${values.shard}: wanted one such as 2/5`);
  return {
    adapter: values.adapter,
    model,
    method,
    ...parts,
    faces: values["no-face-crop"] ? "whole frame" : "find",
    subject: values.subject,
    named: positionals,
    videos,
    many,
    resume: values.resume,
    profile: values.profile,
    options: {
      from: number("from", 0),
      to: number("to", 0),
      every: number("every", 1) ?? Number(demo ? 1 : usualEvery),
      person: values.all ? "everyone" : number("person", 1),
      rate: number("rate", Number.MIN_VALUE),
      leastProbability: number("least", 0) ?? 0,
      ffmpeg: environment("AUTT_FFMPEG"),
    },
    outputs: (video, person) =>
      Object.fromEntries(kinds.map((kind) => {
        const path = out === undefined
          ? userPath(values[kind] ?? "")
          : join(out, `${video.name}.${outputKinds[kind]}`);
        return [
          kind,
          person === undefined ? path : path.replace(/(\.[^./\\]*)?$/, `.person${person}$1`),
        ];
      })),
  };
}

/** Rejects options that do not fit the number of videos. */
function checkVideos(
  { out, resume, shard, subject }: Values,
  count: number,
  demo: boolean,
  single: readonly OutputKind[],
): void {
  const many = out !== undefined;
  if (count === 0 && !demo) throw new UsageError("Cannot read 0 videos: name one");
  if (demo && subject !== undefined) {
    throw new UsageError(
      `Cannot learn of ${subject} from the demo's drawn face: name a video of theirs`,
    );
  }
  if (count > 1 && !many) {
    throw new UsageError(`Cannot read ${count} videos at once: say where to with --out`);
  }
  if (many && single.length > 0) {
    throw new UsageError(`Cannot write --${single[0]} of many videos: use --out and --write`);
  }
  if (!many && (resume || shard !== undefined)) {
    throw new UsageError("Cannot resume or share out a single video: --out is for many");
  }
}

function readNumber(
  values: Values,
  name: "from" | "to" | "every" | "rate" | "person" | "least",
  least: number,
): number | undefined {
  const text = values[name];
  const x = text === undefined ? undefined : text.trim() === "" ? NaN : Number(text);
  if (x === undefined || (x >= least && x < Infinity)) return x;
  const from = least === Number.MIN_VALUE ? "above 0" : `from ${least} on`;
  throw new UsageError(`Cannot read with --${name} ${text}: wanted a number ${from}`);
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

/** Rejects an existing video as the demo's output: it was probably meant as the input. */
async function checkDemoVideo(path: string | undefined): Promise<void> {
  if (path === undefined || await fileSize(userPath(path)) === undefined) return;
  throw new UsageError(
    `Cannot write --video to "${path}": it is there already, and no video to read is named: name one, ` +
      `as in \`infer ${path} --video another.mp4\``,
  );
}

/** Checks that an output's folder exists, before any work is done. */
async function checkFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const folder = dirname(userPath(path));
  if (!await isFolder(folder)) {
    throw new Error(`Cannot write "${path}": there is no folder ${folder}`);
  }
}
