import { basename, dirname, join } from "node:path";
import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { clipName } from "../../model/clip/config.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { saveHead } from "../../model/clip_au/load_head.ts";
import type { HeadTraining } from "../../model/clip_au/head_training.ts";
import { type HeadParameters, usualSizes } from "../../model/clip_au/head_parameters.ts";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import { encodeAll } from "../../data/dataset.ts";
import type { FoundClip } from "../../data/find_media.ts";
import { pickSources, usualSourceClips } from "../../data/pick_sources.ts";
import { middleRows } from "../../data/sampling.ts";
import type { Split } from "../../data/split_subjects.ts";
import { type Device, environment } from "../../engine/mod.ts";
import { HeadJudge } from "../../train/head_judge.ts";
import type { TrainerSetup } from "../../train/head_trainer.ts";
import { centreSamples, type Sample, sampleOf } from "../../train/sample.ts";
import { type Jitter, learnJitter } from "../../train/jitter.ts";
import { learnRest } from "../../train/learn_rest.ts";
import {
  beginTraining,
  describeTraining,
  trainHead,
  type TrainingData,
  type TrainSettings,
} from "../../train/train_head.ts";
import { loadTraining, saveTraining, type TrainingState } from "../../train/training_state.ts";
import { cacheSources } from "../../tta/methods/tta_cap.ts";
import { saveLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { learnLatentPft, sourceStage } from "../../tta/pft/learn_latent_pft.ts";
import { saveSourcePeople, type SourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { sourceVersions } from "../../tta/tta_cap/source_settings.ts";
import { takeTask } from "../ambivalence/task_option.ts";
import { trainAmbivalence } from "../ambivalence/train_ambivalence.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, countdown, say } from "../terminal/status_line.ts";
import { openNamed, UsageError } from "../terminal/terminal.ts";
import { checkClasses, chooseClips, type ChosenClips } from "./choose_clips.ts";
import { readOptions, type TrainOptions } from "./options.ts";

/** The `train` command. */
export async function train(args: string[]): Promise<number> {
  const { task, rest } = takeTask(args);
  if (task === "ambivalence") return await trainAmbivalence(rest);
  const options = readOptions(rest);
  const { out, outName, settings, enrolled } = options, statePath = `${out}.training`;
  if (!options.resume && !options.restart && await isFile(statePath)) {
    throw new UsageError(
      `Cannot train to "${outName}": a training to it was stopped: go on with --resume, or ` +
        `begin anew with --restart`,
    );
  }
  const chosen = await chooseClips(options), { classes } = chosen;
  await prepareOutputs(outName, out, options.features);
  if (options.sources !== undefined) await checkPlace(options.sourcesName, options.sources);
  if (options.translator !== undefined) {
    await checkPlace(options.translatorName, options.translator);
  }

  const model = await modelPath(options.model, options.yes);
  if (options.restart) await Deno.remove(statePath).catch(() => {});
  const stopped = async () =>
    await isFile(statePath)
      ? "stopped: go on with --resume"
      : "stopped: what was seen of the videos is kept";
  return await stoppable(async (signal) => {
    using device = await openNamed(options.adapter);
    using clip = await loadClip(device, model);
    const { embedding } = clip.config;
    const { kind, features, stride, findFaces } = options;
    const clips = [...chosen.split.train, ...chosen.split.held, ...chosen.reported];
    using dataset = await EncodedDataset.open({ name: kind.name, classes, clips }, {
      ...{ clip, folder: features, stride, findFaces },
      ffmpeg: environment("AUTT_FFMPEG"),
    });
    const { seen, reported } = await seeAll(dataset, chosen, signal);
    const centring = enrolled === undefined
      ? undefined
      : await centreSamples(seen, embedding, 0, enrolled);
    const rest = centring && await learnRest(seen.train, embedding);
    const jitter = centring && enrolled !== undefined && !options.plain
      ? await learnJitter(seen.train, centring.usual, { label: 0, count: enrolled })
      : undefined;
    const data: TrainingData = {
      sizes: usualSizes(embedding, auPrompts.length, classes.length),
      texts: await clip.encodeTexts(auPrompts),
      samples: centring?.samples ?? seen,
      jitter,
    };
    const from = options.resume
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
    const about = { name: clipName(clip.config), fingerprint: await clip.fingerprint() };
    await saveHead(out, {
      parameters: last.best,
      classes,
      auPrompts,
      clip: about,
      preparations: dataset.preparations,
      neutral: centring?.usual,
      rest,
      training: trainedBy(options, seen.train, last, jitter),
    });
    if (options.sources !== undefined) {
      const collecting = { clip: about, classes, width: embedding, settings, signal };
      await saveSourcePeople(options.sources, await collectSources(seen.train, collecting));
    }
    if (options.translator !== undefined) {
      const onEpoch = countdown(sourceStage.epochs, "epochs of the translator at most");
      const learning = { clip: about, classes, width: embedding, seed: settings.seed };
      const learnt = await learnLatentPft(device, seen.train, { ...learning, signal, onEpoch });
      await saveLatentPft(options.translator, learnt);
      say(`${options.translatorName}: latent PFT, learnt from the people who are trained on`);
    }
    await Deno.remove(statePath).catch(() => {});
    clearStatus();
    summarise(last, seen.held, outName);
    if (reported.length > 0) {
      const { samples } = enrolled === undefined
        ? { samples: { held: reported } }
        : await centreSamples({ train: seen.train, held: reported }, embedding, 0, enrolled);
      await report(device, { ...settings, ...data }, last.best, samples.held);
    }
    return 0;
  }, stopped);
}

/** What the head's file tells of its training. */
function trainedBy(
  { settings: { patience: _, ...settings }, stride, enrolled }: TrainOptions,
  train: readonly Sample[],
  { bestEpoch }: TrainingState,
  jitter: Jitter | undefined,
): HeadTraining {
  return {
    people: new Set(train.map(({ subject }) => subject)).size,
    videos: train.length,
    epoch: bestEpoch,
    ...settings,
    stride,
    centred: enrolled,
    gains: jitter?.gains,
  };
}

/** Tells what a head is worth to people who neither taught it nor chose it. */
async function report(
  device: Device,
  setup: TrainerSetup,
  head: HeadParameters,
  samples: readonly Sample[],
): Promise<void> {
  using judge = await HeadJudge.open(device, setup);
  const { war, uar, f1 } = await judge.test(head, samples);
  const people = new Set(samples.map(({ subject }) => subject)).size;
  console.log(
    `on ${samples.length} videos of ${people} others, who chose nothing: WAR ${
      percent(war)
    } (the ` +
      `commonest class alone: ${percent(commonestShare(samples))}), UAR ${percent(uar)}, F1 ` +
      percent(f1),
  );
}

/** The accuracy of always saying the commonest class. */
function commonestShare(samples: readonly Sample[]): number {
  const counts = Map.groupBy(samples, ({ label }) => label).values()
    .map(({ length }) => length).toArray();
  return Math.max(...counts) / samples.length;
}

/** Computes features that are not kept yet; gives the samples whose videos show a face. */
async function seeAll(
  dataset: EncodedDataset,
  { classes, split, reported }: ChosenClips,
  signal: AbortSignal,
): Promise<{ readonly seen: Split<Sample>; readonly reported: readonly Sample[] }> {
  const onClip = countdown(dataset.clips.length, "videos seen");
  const faceless = await encodeAll(dataset, dataset.clips, { signal, onClip });
  for (const id of faceless) say(`${id} is left out: no face is seen in it`);
  const seen = (clips: readonly FoundClip[]) => clips.filter(({ id }) => !faceless.has(id));
  const left = { train: seen(split.train), held: seen(split.held) };
  if (left.held.length === 0) throw new Error("Cannot train: no video held out shows a face");
  if (faceless.size > 0) checkClasses(left, classes);
  const sampled = (clips: readonly FoundClip[]) =>
    Promise.all(clips.map((clip) => sampleOf(dataset, clip)));
  return {
    seen: { train: await sampled(left.train), held: await sampled(left.held) },
    reported: await sampled(seen(reported)),
  };
}

/** What TTA-CaP keeps of the people in samples; of as many clips and frames as in `eval`. */
async function collectSources(
  samples: readonly Sample[],
  { clip, classes, width, settings: { frames, seed }, signal }:
    & Pick<SourcePeople, "clip" | "classes">
    & { width: number; settings: TrainSettings; signal: AbortSignal },
): Promise<SourcePeople> {
  const picked = pickSources(samples, usualSourceClips, seed).map((sample) => ({
    ...sample,
    features: async () => middleRows(await sample.features(), width, frames),
  }));
  const of = (settings: typeof sourceVersions[keyof typeof sourceVersions]) =>
    cacheSources(picked, { classes: classes.length, width, settings, signal });
  const caches = { v1: await of(sourceVersions.v1), v2: await of(sourceVersions.v2) };
  return { clip, classes, caches };
}

/** Throws if a file could not be written at the end. */
async function checkPlace(name: string, path: string): Promise<void> {
  const folder = dirname(path);
  const info = await Deno.stat(folder).catch(() => undefined);
  if (!info?.isDirectory) {
    throw new Error(`Cannot train to "${name}": there is no folder ${folder}`);
  }
  const there = await Deno.stat(path).catch(() => undefined);
  if (there?.isDirectory) throw new Error(`Cannot train to "${name}": it is a folder`);
}

/**
 * Makes the folder for features and removes files that a killed training left half written; throws if a
 * result could not be written at the end.
 */
async function prepareOutputs(name: string, out: string, features: string): Promise<void> {
  await checkPlace(name, out);
  const folder = dirname(out), start = `${basename(out)}.`;
  for await (const { name: file } of Deno.readDir(folder)) {
    if (file.startsWith(start) && file.endsWith(".part")) await Deno.remove(join(folder, file));
  }
  try {
    await Deno.mkdir(features, { recursive: true });
  } catch (error) {
    throw new Error(`Cannot keep features in "${features}": ${(error as Error).message}`);
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
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
  held: readonly Sample[],
  path: string,
): void {
  const result = history[bestEpoch - 1]?.held;
  if (result) {
    console.log(
      `${path}: best in epoch ${bestEpoch} of ${history.length}; on people held out WAR ` +
        `${percent(result.war)} (the commonest class alone: ${
          percent(commonestShare(held))
        }), UAR ` +
        `${percent(result.uar)}, F1 ${
          percent(result.f1)
        }: they chose the epoch, so this is too good`,
    );
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
