import { datasetKinds } from "../../data/datasets/mod.ts";
import { conflictForms } from "../../model/conflict_fusion/sizes.ts";
import { usualFusionTraining } from "../../tta/ambivalence/train_fusion.ts";
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

const usual = usualFusionTraining;

const help = `Trains a fusion of face, words and voice that tells whether somebody is of two minds.

usage: ./autt train --task ambivalence LABELS [options]
  LABELS            videos with their labels and transcripts: BAH's PATH.mp4,LABEL,TRANSCRIPT, or another
                    format that --dataset reads (docs/eval.md)
  --dataset KIND    ${datasetKinds.map(({ name }) => name).join(", ")} (default bah)
  --root FOLDER     where paths in LABELS start (default: the folder of LABELS)
  --skip-missing    go on without videos whose files are missing
  --no-face-crop    videos show nothing but a face already
  --out FILE        the head (default ambivalence.safetensors)
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --classes A,B     names of the classes, from label 0 on (default: the dataset's, else neutral,ambivalence)
  --form NAME       ${conflictForms.join(" or ")} (default ${conflictForms[0]})
  --held-out SHARE  share of the videos whose people are only tested on (default 0.2)
  --steps N         of training (default ${usual.steps})
  --batch N         videos per step (default ${usual.batch})
  --rate X          learning rate (default ${usual.rate})
  --stride N        use every N-th frame (default 2)
  --seed N          for every random draw (default ${usual.seed})
  --features FOLDER for the features of frames, which are reused (default: FILE.features)
${modelHelp}

A video may lack its face, its words or its voice: a learned vector stands for what is missing, and in
training one of them is taken away from three tenths of the videos each time. Classes count alike. The number of
steps is fixed: nothing is chosen by the people held out but how much the words alone count.`;

/** What the user asked for. */
export type AmbivalenceTraining = ReturnType<typeof readTrainOptions>;

/** Reads the command line. */
export function readTrainOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts("root", "classes", "features"),
    ...switches("skip-missing", "no-face-crop"),
    dataset: { type: "string", default: "bah" },
    out: { type: "string", default: "ambivalence.safetensors" },
    model: { type: "string", default: "vit-b-32" },
    form: { type: "string", default: conflictForms[0] },
    "held-out": { type: "string", default: "0.2" },
    steps: { type: "string", default: `${usual.steps}` },
    batch: { type: "string", default: `${usual.batch}` },
    rate: { type: "string", default: `${usual.rate}` },
    stride: { type: "string", default: "2" },
    seed: { type: "string", default: `${usual.seed}` },
  }, help);
  const [labels] = positionals;
  if (labels === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot train on ${positionals.length} files of labels: name one`);
  }
  const kind = datasetKinds.find(({ name }) => name === values.dataset);
  if (!kind) {
    throw new UsageError(
      `Cannot train on "${values.dataset}": the kinds of data are ${
        datasetKinds.map(({ name }) => name).join(", ")
      }`,
    );
  }
  const form = conflictForms.find((one) => one === values.form);
  if (!form) {
    throw new UsageError(
      `Cannot train the form "${values.form}": wanted one of ${conflictForms.join(", ")}`,
    );
  }
  const refusal = (name: keyof typeof values) =>
    `Cannot train with --${name} ${values[name]}: wanted`;
  const whole = (name: "steps" | "batch" | "stride" | "seed") =>
    allowedNumber(values[name], isWhole, `${refusal(name)} a whole number from 1 on`);
  const between = (name: "rate" | "held-out") =>
    allowedNumber(
      values[name],
      (x) => x > 0 && x < 1,
      `${refusal(name)} a number between 0 and 1`,
    );
  const out = userPath(values.out);
  return {
    ...values,
    precision: readPrecision(values.precision),
    labels: userPath(labels),
    kind,
    form,
    root: userPath(values.root),
    skipMissing: values["skip-missing"],
    findFaces: !values["no-face-crop"],
    out,
    outName: values.out,
    classes: values.classes?.split(",").map((name) => name.trim()) ?? kind.classes ??
      ["neutral", "ambivalence"],
    stride: whole("stride"),
    heldShare: between("held-out"),
    training: {
      ...usual,
      ...{ steps: whole("steps"), batch: whole("batch"), rate: between("rate") },
      seed: whole("seed"),
    },
    features: userPath(values.features) ?? `${out}.features`,
  };
}
