import { presetHelp } from "./class_presets.ts";
import { dirname, join } from "node:path";
import { environment } from "../../engine/mod.ts";
import { demoSample } from "../../demo/model.ts";
import { fileSize } from "../../io/files/file_size.ts";
import { isFolder } from "../../io/files/is_folder.ts";
import {
  modelHelp,
  modelOptions,
  parseOptions,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import {
  chooseMethod,
  chooseParts,
  type ChosenMethod,
  methodHelp,
  observation,
} from "./choose_parts.ts";
import { listVideos, type NamedVideo, shardOf } from "./find_videos.ts";
import { readNumbers } from "./number_options.ts";
import {
  type OutputKind,
  outputKinds,
  type OutputPaths,
  physioInfoPath,
  standardOutput,
  textKinds,
} from "./write_outputs.ts";

/** The text of `infer --help`. */
const help = `Reads the expression of a person in a video, adapted to that person.

usage: ./autt infer VIDEO [options]              what the face does: its Action Units over time
       ./autt infer VIDEO --head FILE [options]  its expression, by a trained head
       ./autt infer VIDEO|FOLDER … --head FILE --out FOLDER [options]
       ./autt infer VIDEO --classes A,B [options]
       ./autt infer --task ambivalence VIDEO …   whether face and words disagree (has its own --help)
       ./autt infer                              what this is for, on a drawn face
  VIDEO             a video that ffmpeg can decode, or a folder of frames as pictures; with --out, a
                    FOLDER stands for the videos in it
  --head FILE       a head from \`./autt train\`, or the authors' .pth; for dsfda, the file of its networks
  --classes A,B     class names: for a head that has none, or instead of a head for methods that need
                    none; or the name of a list:
                    ${presetHelp}
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32);
                    "demo" is the demo's model with its head: it knows drawn faces only
  --from S, --to S  read this part of the video, in seconds
  --every N         look at every Nth frame (default 2)
  --rate N          frames per second of a folder of pictures (default 25)
  --person N        whom to watch, in the order of appearance (default: the main person)
  --all             read everyone in the video separately; file names get .personN
  --no-face-crop    the frames show nothing but a face
  --observe         only report Action Units, as without a head
  --method NAME     how to decide (default: paper with a head, tpt with --classes alone); * takes no head:
${methodHelp}
  --sources FILE    the people that tta-cap learns from: \`./autt train LABELS --sources FILE\`
  --no-adapt        decide without adapting, on the most certain window
  --subject NAME    who the person is (a name, or the path of a file): uses their resting face if they
                    are enrolled (\`./autt enroll\`), and keeps what is learnt of them for the next
                    video (\`./autt subject\`). Only paper, official and subject keep anything
  --profile         print the time that each stage took, on standard error
  --least X         the lowest probability that counts as an answer (default: a fifth of the way from
                    chance to 1, which is 0.6 for two classes)
  --json FILE       everything, for programs (docs/infer-json.md); - is standard output, also for csv,
                    elan and events
  --csv FILE        a row for each frame
  --video FILE      the video again (.mp4), with the face's box, the class and the strongest units
  --elan FILE       events as annotations for ELAN (.eaf)
  --events FILE     events as a BIDS table (_events.tsv)
  --physio FILE     readings over time as a BIDS recording (_physio.tsv.gz), with its JSON beside it
  --report FILE     a page with charts, to look at and to print, in one file

Many videos:
  --out FOLDER      write files named after each video: NAME.json and what --write asks for
  --write A,B       any of ${Object.keys(outputKinds).join(", ")} (default json)
  --resume          skip videos whose JSON is there already
  --shard I/N       read only the Ith of N parts of the list, for several machines
${modelHelp}

Faces never leave the machine: this command cannot open a connection. Exit codes: 0 an answer, 3 none (no
face, too short or too uncertain; it says which), 2 an invalid command line, 4 a video that cannot be read,
5 no ffmpeg, 1 any other error, 130 Ctrl-C. Of many videos: 4 if one cannot be read, otherwise 3 if one has
no answer. Not a medical device.`;

/** What the user asked for. */
export type InferCommand = Awaited<ReturnType<typeof readCommand>>;

const commandOptions = {
  ...modelOptions,
  ...texts("model", "head", "sources", "classes", "method", "subject"),
  ...texts("from", "to", "every", "rate", "person", "least"),
  ...texts("json", "csv", "report", "video", "elan", "events", "physio", "out", "shard"),
  ...switches("all", "no-face-crop", "no-adapt", "observe", "profile", "resume"),
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
  const single = (Object.keys(outputKinds) as OutputKind[]).filter((kind) => values[kind]);
  checkVideos(values, positionals.length, demo, single);
  const method = methodOf(values, model);
  const parts = chooseParts(method, values, model);
  if (values.all && (values.person !== undefined || values.subject !== undefined)) {
    throw new UsageError("Cannot watch everyone and one person: leave out --all, or the other");
  }
  if (values.all && values["no-face-crop"]) {
    throw new UsageError("Cannot tell people apart without looking for faces: leave out --all");
  }
  const { least, every, person, ...part } = readNumbers(values);
  const kinds = many ? readKinds(values.write) : single;
  for (const kind of single) await checkOutput(kind, values[kind]);
  const printed = single.filter((kind) => values[kind] === standardOutput);
  if (printed.length > 1) {
    throw new UsageError(
      `Cannot write --${printed.join(" and --")} both to standard output: name a file for one`,
    );
  }
  if (demo) await checkDemoVideo(values.video);
  const out = userPath(values.out);
  const listed = demo
    ? [{ name: "a drawn face", path: demoSample }]
    : many
    ? await listVideos(positionals)
    : positionals.map((name) => ({ name, path: userPath(name) }));
  const videos = values.shard === undefined ? listed : shardOf(listed, values.shard);
  if (!videos) throw new UsageError(`Cannot use --shard ${values.shard}: wanted one such as 2/5`);
  const told = ["method", "classes", "sources", "subject", "from", "to", "person"] as const;
  const switched = ["observe", "no-adapt", "all", "no-face-crop", "profile"] as const;
  return {
    /** Whether nothing is asked for: then the demo tells what the project is for. */
    story: demo && told.every((name) => values[name] === undefined) &&
      !switched.some((name) => values[name]),
    adapter: values.adapter,
    schedule: values.schedule,
    yes: values.yes,
    model,
    precision: readPrecision(values.precision),
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
      ...part,
      every: every ?? (demo ? 1 : 2),
      person: values.all ? "everyone" as const : person,
      leastProbability: least,
      ffmpeg: environment("AUTT_FFMPEG"),
    },
    /** Whether an output goes to standard output: then what is told goes to standard error. */
    printed: printed.length > 0,
    /** Output paths of a video, or of one person in it. */
    outputs(video: NamedVideo, person?: number): OutputPaths {
      const paths = kinds.map((kind) => {
        const named = values[kind] === standardOutput
          ? standardOutput
          : userPath(values[kind] ?? "");
        const path = out === undefined ? named : join(out, `${video.name}.${outputKinds[kind]}`);
        return [kind, person === undefined ? path : ofPerson(path, person)] as const;
      });
      const physio = paths.find(([kind]) => kind === "physio")?.[1];
      return {
        ...Object.fromEntries(paths),
        ...physio !== undefined && { physioInfo: physioInfoPath(physio) },
      };
    },
  };
}

/** The method that is named, or the one that goes with what is there to decide by. */
function methodOf(
  { observe, method, head, classes, ...rest }: Values,
  model: string,
): ChosenMethod {
  const plain = rest["no-adapt"];
  if (observe) {
    if (method === undefined) return observation;
    throw new UsageError(`Cannot both observe and decide by "${method}": leave one of them out`);
  }
  if (method !== undefined) return chooseMethod(method, plain);
  if (head !== undefined || model === "demo" && classes === undefined) {
    return chooseMethod("paper", plain);
  }
  if (classes === undefined) return observation;
  return plain ? chooseMethod("zero-shot", false) : chooseMethod("tpt", false);
}

/** The path for one of several people: `o.json` is `o.person2.json`, `o.tsv.gz` is `o.person2.tsv.gz`. */
function ofPerson(path: string, person: number): string {
  if (path === standardOutput) return path;
  return path.replace(/((\.tsv)?\.[^./\\]*)?$/, `.person${person}$1`);
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
    throw new UsageError("Cannot use --resume or --shard with a single video: they go with --out");
  }
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
async function checkOutput(kind: OutputKind, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  if (path === standardOutput) {
    if (textKinds.has(kind)) return;
    throw new UsageError(`Cannot write --${kind} to standard output: it is not text: name a file`);
  }
  const folder = dirname(userPath(path));
  if (!await isFolder(folder)) {
    throw new Error(`Cannot write "${path}": there is no folder ${folder}`);
  }
}
