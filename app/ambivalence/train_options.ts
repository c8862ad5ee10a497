import { restingTasks } from "../../data/resting_clips.ts";
import { conflictForms } from "../../model/conflict_fusion/sizes.ts";
import { type FrameForm, frameForms } from "../../model/frame_fusion/sizes.ts";
import {
  type FrameProtocol,
  frameProtocols,
  usualFrameFitting,
} from "../../tta/ambivalence/train_frames.ts";
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
import { kindNames, readLabels } from "../train/labels.ts";

const usual = usualFusionTraining, frameUsual = usualFrameFitting;
const forms = [...conflictForms, ...frameForms];

const help = `Trains a fusion of face, words and voice that tells whether somebody is of two minds.

usage: ./autt train --task ambivalence LABELS [options]
  LABELS            videos with their labels and transcripts: BAH's PATH.mp4,LABEL,TRANSCRIPT, or another
                    format that --dataset reads (docs/eval.md)
  --dataset KIND    ${kindNames} (default bah)
  --root FOLDER     where paths in LABELS start (default: the folder of LABELS)
  --skip-missing    leave out videos whose files are missing
  --no-face-crop    videos show nothing but a face
  --out FILE        the head (default ambivalence.safetensors)
  --model NAME      a CLIP of \`./autt weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --classes A,B     names of the classes, from label 0 on (default: the dataset's, else neutral,ambivalence)
  --form NAME       ${conflictForms.join(" or ")}: conflict fusion; ${
  frameForms.join(" or ")
}: the model of BAH's authors, which
                    reads every frame (default ${conflictForms[0]})
  --protocol NAME   of ${frameForms.join(" and ")}: ${
  Object.keys(frameProtocols).join(" or ")
} (docs/ambivalence.md; default plain)
  --centred N       learn from faces relative to the person's resting face, which is that of their first N
                    videos of rest, to read people who are enrolled or whose resting face is found
  --rest-task A,B   the tasks of these videos (default: BAH's question 1)
  --held-out SHARE  share of the videos set aside, by people, for testing (default 0.2)
  --steps N         of training (default ${usual.steps})
  --batch N         videos per step (default ${usual.batch}); of ${
  frameForms.join(" and ")
}, windows (default ${frameUsual.batch})
  --rate X          learning rate (default ${usual.rate}; of ${
  frameForms.join(" and ")
}, that of the protocol)
  --stride N        use every N-th frame (default 2)
  --seed N          for every random draw (default ${usual.seed})
  --features FOLDER where features of frames are kept, to be reused (default: FILE.features)
${modelHelp}

A video may lack its face, its words or its voice: a learned vector stands for what is missing, and in
training one of them is taken away from three tenths of the videos each time. All classes have the same
weight. The number of steps is fixed: the people held out choose only how much the words alone count, and with
--protocol official the epoch that is kept.`;

/** What the user asked for. */
export type AmbivalenceTraining = ReturnType<typeof readTrainOptions>;

/** Reads the command line. */
export function readTrainOptions(args: string[]) {
  const { values, positionals } = parseOptions(args, {
    ...modelOptions,
    ...texts("root", "classes", "features", "batch", "rate", "protocol", "centred", "rest-task"),
    ...switches("skip-missing", "no-face-crop"),
    dataset: { type: "string", default: "bah" },
    out: { type: "string", default: "ambivalence.safetensors" },
    model: { type: "string", default: "vit-b-32" },
    form: { type: "string", default: conflictForms[0] },
    "held-out": { type: "string", default: "0.2" },
    steps: { type: "string", default: `${usual.steps}` },
    stride: { type: "string", default: "2" },
    seed: { type: "string", default: `${usual.seed}` },
  }, help);
  const { labels, kind } = readLabels(positionals, values.dataset);
  const form = forms.find((one) => one === values.form);
  if (!form) {
    throw new UsageError(
      `Cannot train the form "${values.form}": wanted one of ${forms.join(", ")}`,
    );
  }
  const fusion = conflictForms.find((one) => one === form);
  const protocol = (Object.keys(frameProtocols) as FrameProtocol[])
    .find((one) => one === (values.protocol ?? "plain"));
  if (!protocol || (values.protocol !== undefined && fusion)) {
    throw new UsageError(
      `Cannot train with --protocol ${values.protocol}: wanted ${
        Object.keys(frameProtocols).join(" or ")
      }, with --form ${frameForms.join(" or ")}`,
    );
  }
  const refusal = (name: keyof typeof values) =>
    `Cannot train with --${name} ${values[name]}: wanted`;
  const whole = (name: "steps" | "batch" | "stride" | "seed" | "centred", usual = values[name]) =>
    allowedNumber(
      values[name] ?? `${usual}`,
      isWhole,
      `${refusal(name)} a whole number from 1 on`,
    );
  const between = (name: "rate" | "held-out", usual = values[name]) =>
    allowedNumber(
      values[name] ?? `${usual}`,
      (x) => x > 0 && x < 1,
      `${refusal(name)} a number between 0 and 1`,
    );
  const rule = values["rest-task"] === undefined
    ? kind.resting
    : restingTasks(values["rest-task"].split(",").map((name) => name.trim()));
  const refused = values.centred === undefined
    ? values["rest-task"] !== undefined && "--rest-task is for --centred"
    : !fusion
    ? `--centred is for ${conflictForms.join(" and ")}`
    : !rule && "which videos are of rest is not known: name their task with --rest-task";
  if (refused) throw new UsageError(`Cannot train so: ${refused}`);
  const shared = { steps: whole("steps"), seed: whole("seed") };
  const out = userPath(values.out);
  return {
    ...values,
    precision: readPrecision(values.precision),
    labels: userPath(labels),
    kind,
    learns: fusion
      ? {
        reads: "clips",
        form: fusion,
        training: {
          ...usual,
          ...shared,
          batch: whole("batch", `${usual.batch}`),
          rate: between("rate", `${usual.rate}`),
        },
      } as const
      : {
        reads: "frames",
        form: form as FrameForm,
        training: {
          ...frameUsual,
          ...shared,
          ...{ protocol, batch: whole("batch", `${frameUsual.batch}`) },
          rate: values.rate === undefined ? undefined : between("rate"),
        },
      } as const,
    steps: shared.steps,
    centred: values.centred === undefined || !rule ? undefined : { rule, videos: whole("centred") },
    root: userPath(values.root),
    skipMissing: values["skip-missing"],
    findFaces: !values["no-face-crop"],
    out,
    outName: values.out,
    classes: values.classes?.split(",").map((name) => name.trim()) ?? kind.classes ??
      ["neutral", "ambivalence"],
    stride: whole("stride"),
    heldShare: between("held-out"),
    features: userPath(values.features) ?? `${out}.features`,
  };
}
