import { basename, dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { demoHead, demoSample } from "../../demo/model.ts";
import { isFolder } from "../../io/is_folder.ts";
import { tuningModes, type TuningSettings } from "../../tta/tuning_settings.ts";
import { deviceHelp, deviceOptions, parseOptions, UsageError, userPath } from "../terminal.ts";
import { findVideos, type NamedVideo, shardOf } from "./find_videos.ts";
import { type OutputKind, outputKinds, type OutputPaths } from "./write_outputs.ts";
import type { ReadOptions } from "./video_reader.ts";

const help = `Reads the expression of a person in a video, adapted to that person.

usage: deno task infer VIDEO --head FILE [options]
       deno task infer VIDEO|FOLDER … --head FILE --out FOLDER [options]
       deno task infer                  a drawn face and the demo's small model: to see that it runs
  VIDEO             any that ffmpeg decodes, or a folder of frames as pictures; with --out a FOLDER
                    stands for the videos in it
  --head FILE       a head of \`deno task train\`, or the authors' .pth
  --classes A,B     names of the classes, for heads that don't have them
  --model NAME      a CLIP of \`deno task weights\`, ORG/REPO, a folder or a file (default vit-b-32);
                    demo is the demo's, which has a head, knows drawn faces and nothing of people
  --from S, --to S  seconds of the video
  --every N         every so many frames one (default 2)
  --rate N          frames a second of a folder of pictures (default 25)
  --person N        whom to watch, in the order of appearance (default: the largest and most central)
  --all             everyone in the video, each by themselves; files get .personN in their names
  --no-face-crop    frames are faces already
  --method NAME     how prompts are tuned: paper (default), official (the released code's), or subject
                    (certain, and not of one class throughout: for longer or many videos)
  --no-adapt        decide without adapting
  --subject NAME    keep what is learnt of the person by that name, or in a file of that path, and go
                    on with it if it is there (\`deno task subject\`); with the neutral face of
                    \`deno task enroll\`, if they are enrolled
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

/** Frames of which one is looked at, if nothing is said. */
const usualEvery = "2";

/** What the command line asks for. */
export interface InferCommand {
  readonly adapter: string | undefined;
  readonly model: string;
  /** Where the head is, and as the user named it. */
  readonly head: { readonly path: string; readonly name: string };
  readonly classes: readonly string[] | undefined;
  readonly settings: TuningSettings;
  readonly findFaces: boolean;
  /** The person as the user named them. */
  readonly subject: string | undefined;
  /** What the user named. */
  readonly named: readonly string[];
  /** The videos that these are, or this machine's part of them. */
  readonly videos: readonly NamedVideo[];
  /** Whether a bad video keeps the others from being read. */
  readonly many: boolean;
  readonly resume: boolean;
  readonly profile: boolean;
  readonly options: Omit<ReadOptions, "signal" | "clock">;
  /** Where to write what of a video, or of a person in it. */
  outputs(video: NamedVideo, person?: number): OutputPaths;
}

/** Reads the command line; nothing where it only asks for help, which is given. */
export async function readCommand(args: string[]): Promise<InferCommand | undefined> {
  const { values, positionals } = parseOptions(args, {
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
    return;
  }
  const demo = positionals.length === 0 && values.head === undefined &&
    (values.model ?? "demo") === "demo" && values.out === undefined;
  const { model = demo ? "demo" : "vit-b-32" } = values;
  if (positionals.length === 0 && !demo) {
    throw new UsageError("Cannot read 0 videos: name one");
  }
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
  if (values.head === undefined && model !== "demo") {
    throw new UsageError(
      "Cannot decide without a head: train one with `deno task train`, or name the authors' .pth, " +
        "with --head; to see how it works, `deno task infer` alone shows a drawn face",
    );
  }
  const headName = values.head ?? "the demo's head";
  const headPath = values.head === undefined ? demoHead : userPath(values.head);
  if (values.all && (values.person !== undefined || values.subject !== undefined)) {
    throw new UsageError("Cannot watch everyone and one person: leave out --all, or the other");
  }
  if (values.all && values["no-face-crop"]) {
    throw new UsageError("Cannot tell people apart without looking for faces: leave out --all");
  }
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
  const kinds = many ? readKinds(values.write) : single;
  for (const path of single.map((kind) => values[kind])) await checkFolder(path);
  const out = values.out === undefined ? undefined : userPath(values.out);
  const sample = { name: "a drawn face", path: demoSample };
  const listed = demo
    ? [sample]
    : many
    ? await listVideos(positionals)
    : positionals.map((name) => ({ name, path: userPath(name) }));
  const videos = values.shard === undefined ? listed : shardOf(listed, values.shard);
  if (!videos) throw new UsageError(`Cannot take part ${values.shard}: wanted one such as 2/5`);
  return {
    adapter: values.adapter,
    model,
    head: { path: headPath, name: headName },
    classes: values.classes?.split(","),
    settings: chooseSettings(values.method, values["no-adapt"]),
    findFaces: !values["no-face-crop"],
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
      leastFrames,
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
      `Cannot adapt by "${method}": the methods are ${Object.keys(tuningModes).join(", ")}`,
    );
  }
  // Vectors on words begin with nothing: without a step this is CLIP-AU as it was trained.
  return plain ? { ...tuningModes.subject, steps: 0 } : mode;
}

/** An output's folder must be there before the work is done. */
async function checkFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const folder = dirname(userPath(path));
  if (!await isFolder(folder)) {
    throw new Error(`Cannot write "${path}": there is no folder ${folder}`);
  }
}
