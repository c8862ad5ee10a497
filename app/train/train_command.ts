import { dirname, join } from "node:path";
import { ImagePreparer } from "../../media/image_preparer.ts";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { clipName } from "../../model/clip/config.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { saveHead } from "../../model/clip_au/head_file.ts";
import { usualSizes } from "../../model/clip_au/head_parameters.ts";
import { centreSamples } from "../../train/centre_samples.ts";
import { lookedAt } from "../../data/sampling.ts";
import { FeatureCache } from "../../media/features/feature_cache.ts";
import type { LabelledVideo } from "../../golden/label_files.ts";
import { type Split, splitSubjects } from "../../data/split_subjects.ts";
import {
  beginTraining,
  describeTraining,
  trainHead,
  type TrainingData,
  type TrainSettings,
} from "../../train/train_head.ts";
import type { Sample } from "../../train/sample.ts";
import { loadTraining, saveTraining, type TrainingState } from "../../train/training_state.ts";
import { saveSourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { countdown } from "../terminal/countdown.ts";
import { Interrupted, interruptedCode, interruptSignal } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  UsageError,
  userPath,
} from "../terminal/terminal.ts";
import { checkPlace, prepareOutputs } from "./prepare_outputs.ts";
import { checkClasses, nameClasses, readLabels } from "./read_labels.ts";
import { collectSources } from "./collect_sources.ts";
import { prepareSample } from "./video_features.ts";

const help = `Trains CLIP-AU's head on labelled videos of some people, tested on others.

usage: deno task train LABELS [options]
  LABELS            a list of frames, a line for each: SUBJECT/VIDEO/FRAME LABEL; or a .csv of
                    segments: video,segment_id,label,num_frames,start_frame,end_frame, whose frames
                    lie in VIDEO/frame-N.jpg
  --root FOLDER     where the frames' paths start (default: the folder of LABELS)
  --out FILE        the head (default head.safetensors)
  --model NAME      a CLIP of \`deno task weights\`, ORG/REPO, a folder or a file (default vit-b-32)
  --classes A,B     names of the classes, from label 0 on (default neutral,class 1,…)
  --held-out SHARE  of the videos, whose people are only tested on (default 0.2)
  --epochs N        at most (default 30)
  --patience N      epochs without a better result, after which it ends (default 8)
  --batch N         clips in a step (default 8)
  --frames N        frames of a clip (default 20)
  --stride N        every so many frames one is looked at (default 2)
  --rate X          of learning (default 0.001)
  --decay X         of the weights (default 0.0001)
  --seed N          of every draw (default 1999)
  --centred N       take the mean of each person's first N videos of label 0, the neutral one, off their
                    features: for people who are enrolled (\`deno task enroll\`); 3 is a good number
  --sources FILE    write what TTA-CaP keeps of the people who are learnt from as well: features of some of
                    their frames, for \`infer --method tta-cap --sources FILE\`
  --features FOLDER where frames' features are kept, and found again (default: FILE.features)
  --resume          go on where a training to the same FILE was stopped
  --restart         forget that one
${deviceHelp}

The same person is never on both sides. The head is kept as it was when it did best on the people held
back. Ctrl-C stops it (exit code 130) and keeps where it was; so does every epoch's end.`;

/** The `train` command. */
export async function train(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    root: { type: "string" },
    out: { type: "string", default: "head.safetensors" },
    model: { type: "string", default: "vit-b-32" },
    classes: { type: "string" },
    "held-out": { type: "string", default: "0.2" },
    epochs: { type: "string", default: "30" },
    patience: { type: "string", default: "8" },
    batch: { type: "string", default: "8" },
    frames: { type: "string", default: "20" },
    stride: { type: "string", default: "2" },
    rate: { type: "string", default: "0.001" },
    decay: { type: "string", default: "0.0001" },
    seed: { type: "string", default: "1999" },
    centred: { type: "string" },
    sources: { type: "string" },
    features: { type: "string" },
    resume: { type: "boolean", default: false },
    restart: { type: "boolean", default: false },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [labels] = positionals;
  if (labels === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot train on ${positionals.length} files of labels: name one`);
  }
  const whole = (
    name: "epochs" | "patience" | "batch" | "frames" | "stride" | "seed" | "centred",
  ) =>
    readNumber(
      name,
      values[name] ?? "",
      (x) => Number.isInteger(x) && x >= 1,
      "a whole number from 1 on",
    );
  const between = (name: "rate" | "decay" | "held-out", least: number) =>
    readNumber(name, values[name], (x) => x >= least && x < 1, "a number between 0 and 1");
  const settings: TrainSettings = {
    epochs: whole("epochs"),
    patience: whole("patience"),
    batch: whole("batch"),
    frames: whole("frames"),
    rate: between("rate", Number.MIN_VALUE),
    decay: between("decay", 0),
    seed: whole("seed"),
  };
  const enrolled = values.centred === undefined ? undefined : whole("centred");
  const stride = whole("stride"), share = between("held-out", Number.MIN_VALUE);
  const out = userPath(values.out), statePath = `${out}.training`;
  if (values.resume && values.restart) {
    throw new UsageError("Cannot both go on with a training and begin anew: choose one");
  }
  if (!values.resume && !values.restart && await isFile(statePath)) {
    throw new UsageError(
      `Cannot train to "${values.out}": a training to it was stopped: go on with --resume, or ` +
        `begin anew with --restart`,
    );
  }
  const root = values.root === undefined ? dirname(userPath(labels)) : userPath(values.root);
  const videos = await readLabels(userPath(labels), root, settings.frames);
  const classes = nameClasses(videos, values.classes);
  const split = splitSubjects(videos, share, settings.seed);
  describeSplit(split);
  checkClasses(split, classes).forEach(say);
  const featuresPath = values.features === undefined
    ? `${out}.features`
    : userPath(values.features);
  const sourcesPath = values.sources === undefined ? undefined : userPath(values.sources);
  if (sourcesPath === out) {
    throw new UsageError(
      `Cannot write a head and people to "${values.out}" both: name another file`,
    );
  }
  await prepareOutputs(values.out, out, featuresPath);
  if (sourcesPath !== undefined) await checkPlace(values.sources ?? "", sourcesPath);

  const model = await modelPath(values.model);
  if (values.restart) await Deno.remove(statePath).catch(() => {});
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    using device = await openNamed(values.adapter);
    using clip = await loadClip(device, model);
    const { embedding } = clip.config, fingerprint = await clip.fingerprint();
    const cache = new FeatureCache(featuresPath, fingerprint, embedding);
    using preparer = new ImagePreparer(device, clip.config.image.size);
    const show = countdown(videos.length, "videos seen");
    const samples = new Map<LabelledVideo, Sample>();
    for (const [i, video] of videos.entries()) {
      const frames = lookedAt(video.frames, stride).map((frame) => join(root, frame));
      samples.set(video, await prepareSample({ clip, preparer, cache }, video, frames, signal));
      show(i + 1);
    }
    const sampled = (some: readonly LabelledVideo[]) =>
      some.map((video) => samples.get(video) as Sample);
    const seen = { train: sampled(split.train), held: sampled(split.held) };
    const centring = enrolled === undefined
      ? undefined
      : await centreSamples(seen, embedding, 0, enrolled);
    const data: TrainingData = {
      sizes: usualSizes(embedding, auPrompts.length, classes.length),
      texts: await clip.encodeTexts(auPrompts),
      samples: centring?.samples ?? seen,
    };
    const from = values.resume
      ? await resumed(statePath, settings, data)
      : beginTraining(settings, data);
    const progress = countdown(settings.epochs, "epochs", from.history.length);
    const last = await trainHead(device, settings, data, from, {
      signal,
      save: (state) => saveTraining(statePath, state),
      onEpoch(epoch, { loss, held }, best) {
        say(
          `epoch ${epoch}: loss ${loss.toFixed(4)}; held out: loss ${held.loss.toFixed(4)}, ` +
            `WAR ${percent(held.war)}, UAR ${percent(held.uar)}, F1 ${percent(held.f1)}` +
            `${best ? ", the best so far" : ""}`,
        );
        progress(epoch);
      },
    });
    const name = clipName(clip.config);
    await saveHead(out, {
      parameters: last.best,
      classes,
      auPrompts,
      clip: { name, fingerprint },
      neutral: centring?.usual,
    });
    if (sourcesPath !== undefined) {
      const people = await collectSources(seen.train, {
        ...{ classes, width: embedding, frames: settings.frames, seed: settings.seed, signal },
        clip: { name, fingerprint },
      });
      await saveSourcePeople(sourcesPath, people);
    }
    await Deno.remove(statePath).catch(() => {});
    clearStatus();
    summarise(last, split, values.out);
    return 0;
  } catch (error) {
    clearStatus();
    if (!(error instanceof Interrupted)) throw error;
    say(
      await isFile(statePath)
        ? "stopped: go on with --resume"
        : "stopped: what was seen of the videos is kept",
    );
    return interruptedCode;
  }
}

function readNumber(
  name: string,
  text: string,
  allows: (x: number) => boolean,
  wanted: string,
): number {
  const x = text.trim() === "" ? NaN : Number(text);
  if (allows(x)) return x;
  throw new UsageError(`Cannot train with --${name} ${text}: wanted ${wanted}`);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

function describeSplit({ train, held }: Split<LabelledVideo>): void {
  const people = (videos: readonly LabelledVideo[]) =>
    [...new Set(videos.map(({ subject }) => subject))].sort();
  say(
    `${train.length} videos of ${people(train).length} people to learn from; ${held.length} held ` +
      `out, of ${people(held).join(", ")}`,
  );
}

async function resumed(
  path: string,
  settings: TrainSettings,
  data: TrainingData,
): Promise<TrainingState> {
  if (!await isFile(path)) {
    say("no training was stopped here: beginning one");
    return beginTraining(settings, data);
  }
  const state = await loadTraining(path, data.sizes);
  if (state.of !== describeTraining(settings, data)) {
    throw new UsageError(
      `Cannot go on with "${path}": it was started with other settings or other videos: use the ` +
        `same, or begin anew with --restart`,
    );
  }
  say(`going on after epoch ${state.history.length}, batch ${state.batch}`);
  return state;
}

function summarise(
  { history, bestEpoch }: TrainingState,
  { held }: Split<LabelledVideo>,
  path: string,
): void {
  const result = history[bestEpoch - 1]?.held;
  const counts = [...Map.groupBy(held, ({ label }) => label).values()].map(({ length }) => length);
  const chance = Math.max(...counts) / held.length;
  if (result) {
    console.log(
      `${path}: best in epoch ${bestEpoch} of ${history.length}; on people held out WAR ` +
        `${percent(result.war)} (the commonest class alone: ${percent(chance)}), UAR ` +
        `${percent(result.uar)}, F1 ${percent(result.f1)}`,
    );
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
