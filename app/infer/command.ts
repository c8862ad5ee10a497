import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { demoSample } from "../../demo/model.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import {
  allowedNumber,
  deviceOptions,
  parseOptions,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { chooseMethod, chooseParts } from "./choose_parts.ts";
import { listVideos, type NamedVideo, shardOf } from "./find_videos.ts";
import { help } from "./help.ts";
import { type OutputKind, outputKinds, type OutputPaths } from "./write_outputs.ts";

/** Default of `--every`. */
const usualEvery = "2";

/** What the user asked for. */
export type InferCommand = Awaited<ReturnType<typeof readCommand>>;

const commandOptions = {
  ...deviceOptions,
  ...texts("model", "head", "sources", "classes", "subject"),
  ...texts("from", "to", "every", "rate", "person"),
  ...texts("json", "csv", "report", "video", "out", "shard"),
  ...switches("all", "no-face-crop", "no-adapt", "profile", "resume"),
  method: { type: "string", default: "paper" },
  least: { type: "string", default: "0.6" },
  write: { type: "string", default: "json" },
} as const;

type Values = ReturnType<typeof parseOptions<typeof commandOptions>>["values"];

/** Parses the command line. */
export async function readCommand(args: string[]) {
  const { values, positionals } = parseOptions(args, commandOptions, help);
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
  const out = userPath(values.out);
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
    faces: values["no-face-crop"] ? "whole frame" as const : "find" as const,
    subject: values.subject,
    named: positionals,
    /** What these stand for, or this machine's share of it. */
    videos,
    /** Whether there may be many videos: then a broken one does not stop the run. */
    many,
    resume: values.resume,
    profile: values.profile,
    options: {
      from: number("from", 0),
      to: number("to", 0),
      every: number("every", 1) ?? Number(demo ? 1 : usualEvery),
      person: values.all ? "everyone" as const : number("person", 1),
      rate: number("rate", Number.MIN_VALUE),
      leastProbability: number("least", 0) ?? 0,
      ffmpeg: environment("AUTT_FFMPEG"),
    },
    /** Output paths of a video, or of one person in it. */
    outputs: (video: NamedVideo, person?: number): OutputPaths =>
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
  if (text === undefined) return undefined;
  const from = least === Number.MIN_VALUE ? "above 0" : `from ${least} on`;
  const refusal = `Cannot read with --${name} ${text}: wanted a number ${from}`;
  return allowedNumber(text, (x) => x >= least && x < Infinity, refusal);
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
