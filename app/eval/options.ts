import { demoPlainHead } from "../../demo/model.ts";
import { designs } from "../../demo/people/design.ts";
import { datasetKinds } from "../../data/datasets/mod.ts";
import { usualSourceClips } from "../../data/pick_sources.ts";
import { methods } from "../../tta/methods/mod.ts";
import { protocols } from "./level_scores.ts";
import { drawnDataset, readDrawnOptions } from "./drawn_options.ts";
import {
  allowedNumber,
  isWhole,
  modelHelp,
  modelOptions,
  parseOptions,
  readPrecision,
  switches,
  texts,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";

const help = `Evaluates methods on people whom they were not trained on, beside simple baselines.

usage: ./autt eval --dataset KIND --labels FILE --root FOLDER [options]
       ./autt eval --dataset ${drawnDataset} [--design NAME] [--people N] [--clips N] [options]
  --dataset KIND    ${
  datasetKinds.map(({ name }) => name).join(", ")
} (docs/eval.md); or ${drawnDataset}: drawn people,
                    by default with the demo's model and head
  --design NAME     how drawn people differ: ${Object.keys(designs).join(", ")} (default style)
  --people N        drawn people to adapt to, with four times as many sources (default 10, with 77)
  --clips N         clips of each person (default 40, of sources 20)
  --labels FILE     the labels of clips; may be repeated; or a folder SIDE/CLASS/VIDEO, where SIDE is
                    train, validation or 1 to 10
  --source-labels F the labels of source people, if they are in another file
  --root FOLDER     where paths in labels start (default: the folder of the first labels)
  --check           only look for all files and report what is there and what is wrong
  --skip-missing    leave out clips whose files are missing
  --targets A,B     the people to adapt to (default: the papers' ten, else ten drawn by the seed)
  --method A,B      ${methods.map(({ name }) => name).join(", ")} (default: all that are possible)
  --head FILE       a head of \`./autt train\`, or the authors' .pth; trained on none of the targets
  --allow-overlap   continue if the head was trained on targets, and mark these people
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32,
                    demo for drawn people)
  --translator FILE a translator of \`./autt train --translator\`, for \`pft\` (default: it is learnt from
                    the source people); trained on none of the targets
  --dsfda FILE      networks that DSFDA learnt from source people, for \`dsfda\`; from none of the targets
  --rest-clips N    resting clips of each target that \`enrolled\`, \`pft\` and \`dsfda\` are told (default 3)
  --rest-task A,B   their tasks (default: BioVid's BL1, StressID's Breathing and Relax, BAH's question 1)
  --classes A,B     names of the classes, the neutral one first (default: the head's, else the data set's)
  --stride N        use every N-th frame (default 2)
  --frames N        at most N of these, from the middle of the clip (default 20)
  --no-face-crop    videos show nothing but a face, as folders of pictures do
  --source-clips N  clips per class and source person to encode, for methods that use them
                    (default ${usualSourceClips}; 0: none)
  --seed N          for drawing people, the order of clips and resampling (default 1999;
                    for drawn people 1, as in the demo's benchmark)
  --protocol NAME   of bah: how frames and videos are judged beside clips, plain or official (docs/eval.md;
                    default plain)
  --resamples N     draws of people for the intervals (default 1000)
  --out FOLDER      where results go (default eval)
  --features FOLDER where features of frames are kept, to be reused (default FOLDER/features; for drawn
                    people, the user's cache)
  --resume          continue an evaluation that was stopped, in the same FOLDER
  --restart         discard it
${modelHelp}

Exit codes: 0 a table, 1 an error (labels or files that are wrong, too), 2 an invalid command line, 130
Ctrl-C. A second run gives the same table and files, except costs.json; times and memory go to standard
error. Faces never leave the machine.`;

/** The options that take a whole number. */
const counts = [
  ...[
    "people",
    "clips",
    "stride",
    "frames",
    "source-clips",
    "seed",
    "resamples",
    "rest-clips",
  ] as const,
];

/** What the user asked for. */
export type EvalOptions = ReturnType<typeof readOptions>;

/** Reads the command line. */
export function readOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts("dataset", "design", "root", "targets", "method", "head", "model", "classes"),
    ...texts("translator", "dsfda", "rest-task"),
    ...texts(...counts, "features", "protocol"),
    ...switches("check", "skip-missing", "no-face-crop", "resume", "restart", "allow-overlap"),
    labels: { type: "string", multiple: true, default: [] },
    "source-labels": { type: "string", multiple: true, default: [] },
    out: { type: "string", default: "eval" },
  }, help);
  const whole = (name: typeof counts[number], usual: number, least = 1) =>
    allowedNumber(
      values[name] ?? `${usual}`,
      (x) => isWhole(x, least) && x < 2 ** 31,
      `Cannot evaluate with --${name} ${values[name]}: wanted a whole number from ${least} on`,
    );
  const isDrawn = values.dataset === drawnDataset;
  const seed = whole("seed", isDrawn ? 1 : 1999, 0);
  const drawn = readDrawnOptions(values, {
    seed,
    people: values.people === undefined ? undefined : whole("people", 1),
    clips: values.clips === undefined ? undefined : whole("clips", 2, 2),
  });
  const kind = datasetKinds.find(({ name }) => name === values.dataset);
  const data = drawn ? { drawn } : kind && { kind };
  if (!data) {
    const names = [...datasetKinds.map(({ name }) => name), drawnDataset];
    throw new UsageError(
      `Cannot evaluate on ${values.dataset === undefined ? "nothing" : `"${values.dataset}"`}: ` +
        `name a kind with --dataset: ${names.join(", ")}`,
    );
  }
  if (kind && values.labels.length === 0) {
    throw new UsageError("Cannot evaluate without labels: name a file with --labels");
  }
  if (positionals.length > 0) {
    throw new UsageError(
      `Cannot evaluate "${positionals[0]}": name labels with --labels, methods with --method`,
    );
  }
  if (values.resume && values.restart) {
    throw new UsageError("Cannot both --resume and --restart an evaluation: choose one");
  }
  const protocol = protocols.find((one) => one === (values.protocol ?? protocols[0]));
  if (!protocol) {
    throw new UsageError(
      `Cannot evaluate by the protocol "${values.protocol}": wanted one of ${protocols.join(", ")}`,
    );
  }
  if (values.protocol !== undefined && kind?.name !== "bah") {
    throw new UsageError("Cannot evaluate with --protocol: it is for --dataset bah");
  }
  const model = values.model ?? (drawn ? "demo" : "vit-b-32");
  const list = (text: string | undefined) => text?.split(",").map((name) => name.trim());
  return {
    ...values,
    precision: readPrecision(values.precision),
    data,
    labels: values.labels.map(userPath),
    sourceLabels: values["source-labels"].map(userPath),
    root: userPath(values.root),
    targets: list(values.targets),
    methods: list(values.method),
    model,
    head: values.head === undefined
      ? drawn && model === "demo" ? demoPlainHead : undefined
      : userPath(values.head),
    translator: userPath(values.translator),
    dsfda: userPath(values.dsfda),
    restClips: whole("rest-clips", 3),
    restTasks: list(values["rest-task"]),
    classes: list(values.classes),
    stride: whole("stride", 2),
    frames: whole("frames", 20),
    sourceClips: whole("source-clips", usualSourceClips, 0),
    seed,
    protocol: kind?.name === "bah" ? protocol : undefined,
    resamples: whole("resamples", 1000),
    out: userPath(values.out),
    outName: values.out,
  };
}
