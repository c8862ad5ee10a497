import type { TrainSettings } from "../../train/train_head.ts";
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
import { kindNames, readLabels } from "./labels.ts";

const help = `Trains CLIP-AU's head on labelled videos of some people and tests it on others.

usage: ./autt train LABELS [options]
       ./autt train --task ambivalence LABELS …   a fusion of face, words and voice: see its own --help
  LABELS            a file with each video's person and class: a table of subject,video,label; a list
                    of frames or videos with lines SUBJECT/VIDEO/FRAME LABEL; a table of segments; or
                    another format that --dataset reads (docs/eval.md)
  --dataset KIND    ${kindNames} (default plain)
  --root FOLDER     where paths in LABELS start (default: the folder of LABELS)
  --skip-missing    leave out videos whose files are missing
  --no-face-crop    videos show nothing but a face
  --out FILE        the head (default head.safetensors)
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --classes A,B     names of the classes, from label 0 on (default: the dataset's, else neutral,class 1,…)
  --held-out SHARE  share of the videos set aside, by people, to choose the epoch (default 0.2)
  --reported SHARE  share of the videos set aside, by people, for the figures at the end (default 0.2 if
                    there are ten people or more, else 0: then the figures are of those who chose the epoch)
  --folds K         cross-validate over people: each of K parts is tested by a head trained on the others (a
                    --held-out share of whom chooses the epoch); reports means over people. The head that
                    is written then learns from everyone, for the median of the folds' epochs
  --seeds N         with --folds: repeat it N times, with other parts and random numbers (default 1)
  --epochs N        at most so many (default 30)
  --patience N      stop after so many epochs without a better result (default 8)
  --batch N         clips per step (default 8)
  --frames N        frames per clip (default 20)
  --stride N        use every N-th frame (default 2)
  --rate X          learning rate (default 0.001)
  --decay X         weight decay (default 0.0001)
  --seed N          of the random numbers (default 1999)
  --centred N       subtract the mean of each person's first N videos of label 0, the neutral one, from
                    their features: for people who are enrolled (\`./autt enroll\`); 3 is a good number
  --plain           with --centred: do not vary resting faces and gains in training. Varying them makes the
                    head tolerate a rest that is a little wrong, another camera and another person
  --mirror          learn from, and later decide on, the mean of the features of each picture and of its mirror
                    image; each frame takes twice as long. The head's file records this for \`infer\` and
                    \`eval\`; \`enroll\` needs --mirror too
  --sources FILE    also write what TTA-CaP needs of the people who are trained on: features of some of
                    their frames, for \`infer --method tta-cap --sources FILE\`
  --translator FILE also learn latent PFT's translator from the people who are trained on, for
                    \`enroll --method pft\` and \`eval\`
  --features FOLDER where features of frames are kept, to be reused (default: FILE.features)
  --resume          continue a training to the same FILE that was stopped
  --restart         discard it
${modelHelp}

In video files the main person's face is found and cut out as in \`infer\`; a video without a face is left
out and named. Pictures, listed or in a folder, are faces already and stay whole. The head's file records
which of the two it was. Nobody is both trained and tested on. The head of the epoch with the lowest loss
on the people held out is kept. The state is saved after each epoch and on Ctrl-C (exit code 130). A model card is
written beside the head (FILE's name with .card.md): people, settings, scores, and by the column "group"
of LABELS, if it has one. The head keeps salted hashes of the names of those who taught it or chose its
epoch, by which \`eval\` refuses to test it on them.`;

/** What the user asked for. */
export type TrainOptions = ReturnType<typeof readOptions>;

/** Reads the command line. */
export function readOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts(
      "root",
      "classes",
      "centred",
      "reported",
      "sources",
      "translator",
      "features",
      "folds",
      "seeds",
    ),
    ...switches("skip-missing", "no-face-crop", "plain", "mirror", "resume", "restart"),
    dataset: { type: "string", default: "plain" },
    out: { type: "string", default: "head.safetensors" },
    model: { type: "string", default: "vit-b-32" },
    "held-out": { type: "string", default: "0.2" },
    epochs: { type: "string", default: "30" },
    patience: { type: "string", default: "8" },
    batch: { type: "string", default: "8" },
    frames: { type: "string", default: "20" },
    stride: { type: "string", default: "2" },
    rate: { type: "string", default: "0.001" },
    decay: { type: "string", default: "0.0001" },
    seed: { type: "string", default: "1999" },
  }, help);
  const { labels, kind } = readLabels(positionals, values.dataset);
  type WholeNumber =
    | ("epochs" | "patience" | "batch" | "frames" | "stride" | "seed" | "centred")
    | ("folds" | "seeds");
  const refusal = (name: keyof typeof values) =>
    `Cannot train with --${name} ${values[name]}: wanted`;
  const whole = (name: WholeNumber, least = 1) =>
    allowedNumber(
      values[name] ?? "",
      (x) => isWhole(x, least),
      `${refusal(name)} a whole number from ${least} on`,
    );
  const between = (name: "rate" | "decay" | "held-out" | "reported", least: number) =>
    allowedNumber(
      values[name] ?? "",
      (x) => x >= least && x < 1,
      `${refusal(name)} a number between 0 and 1`,
    );
  const settings: TrainSettings = {
    epochs: whole("epochs"),
    patience: whole("patience"),
    batch: whole("batch"),
    frames: whole("frames"),
    rate: between("rate", Number.MIN_VALUE),
    decay: between("decay", 0),
    seed: whole("seed"),
  };
  const out = userPath(values.out), sources = userPath(values.sources);
  const translator = userPath(values.translator);
  if (values.resume && values.restart) {
    throw new UsageError("Cannot both --resume and --restart a training: choose one");
  }
  const folds = values.folds === undefined ? undefined : whole("folds", 2);
  if (folds === undefined && values.seeds !== undefined) {
    throw new UsageError(
      "Cannot use --seeds without --folds: each seed makes other parts of the people",
    );
  }
  if (folds !== undefined && values.reported !== undefined) {
    throw new UsageError(
      "Cannot use --reported with --folds, which reports on everyone: leave one of them out",
    );
  }
  if (sources === out) {
    throw new UsageError(
      `Cannot write a head and people to "${values.out}" both: name another file`,
    );
  }
  if (translator !== undefined && [out, sources].includes(translator)) {
    throw new UsageError(
      `Cannot write a translator to "${values.translator}" beside something else: name another file`,
    );
  }
  return {
    ...values,
    precision: readPrecision(values.precision),
    /** The command line, for the model card. */
    command: args,
    folds,
    seeds: values.seeds === undefined ? 1 : whole("seeds"),
    labels: userPath(labels),
    labelsName: labels,
    kind,
    root: userPath(values.root),
    skipMissing: values["skip-missing"],
    findFaces: !values["no-face-crop"],
    out,
    outName: values.out,
    classes: values.classes?.split(",").map((name) => name.trim()),
    settings,
    stride: whole("stride"),
    share: between("held-out", Number.MIN_VALUE),
    /** Undefined for the usual share of so many people. */
    reported: values.reported === undefined ? undefined : between("reported", 0),
    enrolled: values.centred === undefined ? undefined : whole("centred"),
    sources,
    translator,
    translatorName: values.translator ?? "",
    sourcesName: values.sources ?? "",
    features: userPath(values.features) ?? `${out}.features`,
  };
}
