import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import type { Head } from "../../model/clip_au/head_file.ts";
import { hashPeople } from "../../model/clip_au/known_people.ts";
import { saveHead } from "../../model/clip_au/load_head.ts";
import { usualSizes } from "../../model/clip_au/head_parameters.ts";
import type { HeadTraining } from "../../model/clip_au/head_training.ts";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import { environment } from "../../engine/mod.ts";
import { sha256 } from "../../io/files/sha256.ts";
import { HeadJudge } from "../../train/head_judge.ts";
import type { Jitter } from "../../train/jitter.ts";
import { prepareSamples } from "../../train/prepare_samples.ts";
import type { Sample } from "../../train/sample.ts";
import { testOthers } from "../../train/test_others.ts";
import {
  beginTraining,
  describeTraining,
  trainHead,
  type TrainingData,
  type TrainSettings,
} from "../../train/train_head.ts";
import { loadTraining, saveTraining, type TrainingState } from "../../train/training_state.ts";
import { saveLatentPft } from "../../tta/pft/latent_pft_file.ts";
import { learnLatentPft, sourceStage } from "../../tta/pft/learn_latent_pft.ts";
import { saveSourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { takeTask } from "../ambivalence/task_option.ts";
import { trainAmbivalence } from "../ambivalence/train_ambivalence.ts";
import { stoppable } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, countdown, say } from "../terminal/status_line.ts";
import { openNamed, UsageError } from "../terminal/terminal.ts";
import { chooseClips } from "./choose_clips.ts";
import { collectSources } from "./collect_sources.ts";
import { writeCard } from "./model_card.ts";
import { readOptions, type TrainOptions } from "./options.ts";
import { checkPlace, isFile, prepareOutputs } from "./outputs.ts";
import { scored } from "./score_lines.ts";
import { type SeenSamples, seeSamples } from "./see_samples.ts";
import { epochLine, outcomeLine, reportLine } from "./tell_training.ts";
import { validate } from "./validate.ts";

/** The `train` command. */
export async function train(args: string[]): Promise<number> {
  const { task, rest } = takeTask(args);
  if (task === "ambivalence") return await trainAmbivalence(rest);
  const options = readOptions(rest);
  const { out, outName, enrolled, folds } = options, statePath = `${out}.training`;
  if (!options.resume && !options.restart && await isFile(statePath)) {
    throw new UsageError(
      `Cannot train to "${outName}": a training to it was stopped: continue with --resume, or ` +
        `start over with --restart`,
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
      ? "stopped: continue with --resume"
      : "stopped: what was seen of the videos is kept";
  return await stoppable(async (signal) => {
    using device = await openNamed(options);
    const { precision, mirror: mirrored } = options;
    using clip = await loadClip(device, model, { precision, mirrored });
    const { embedding: width } = clip.config;
    const { kind, features, stride, findFaces } = options;
    const clips = [...chosen.split.train, ...chosen.split.held, ...chosen.reported];
    using dataset = await EncodedDataset.open({ name: kind.name, classes, clips }, {
      ...{ clip, folder: features, stride, findFaces },
      ffmpeg: environment("AUTT_FFMPEG"),
    });
    const seen = await seeSamples(dataset, chosen, signal);
    const common = {
      sizes: usualSizes(width, auPrompts.length, classes.length),
      texts: await clip.encodeTexts(auPrompts),
    };
    const preparation = { width, enrolled, vary: !options.plain };
    const validated = folds === undefined
      ? undefined
      : await validate(device, seen.train, common, preparation, { ...options, folds }, signal);
    const epochs = validated?.epochs ?? options.settings.epochs;
    const settings = { ...options.settings, epochs };
    const prepared = await prepareSamples(seen, preparation), { jitter } = prepared;
    const data: TrainingData = { ...common, samples: prepared.samples, jitter };
    const from = options.resume
      ? await resumed(statePath, settings, data)
      : beginTraining(settings, data);
    const progress = countdown(epochs, "epochs", from.history.length);
    const last = await trainHead(device, settings, data, from, {
      signal,
      save: (state) => saveTraining(statePath, state),
      onEpoch(epoch, result, best) {
        say(epochLine(epoch, result, best));
        progress(epoch);
      },
    });
    const about = await clip.identity();
    const head: Head = {
      parameters: last.best,
      classes,
      auPrompts,
      clip: about,
      preparations: dataset.preparations,
      neutral: prepared.neutral,
      rest: prepared.rest,
      training: await trainedBy(options, seen, last, jitter),
    };
    await saveHead(out, head);
    if (options.sources !== undefined) {
      const collecting = { clip: about, classes, width, settings, signal };
      await saveSourcePeople(options.sources, await collectSources(seen.train, collecting));
    }
    if (options.translator !== undefined) {
      const onEpoch = countdown(sourceStage.epochs, "epochs of the translator at most");
      const learning = { clip: about, classes, width, seed: settings.seed };
      const learnt = await learnLatentPft(device, seen.train, { ...learning, signal, onEpoch });
      await saveLatentPft(options.translator, learnt);
      say(`${options.translatorName}: latent PFT, learnt from the people who are trained on`);
    }

    using judge = await HeadJudge.open(device, { ...settings, ...data });
    const { seed } = settings, setup = { judge, train: seen.train, prepared, preparation, seed };
    const tested = [...validated?.tested ?? []];
    const test = async (others: readonly Sample[], who: string) => {
      const { told, found } = await testOthers(last.best, others, setup);
      tested.push(scored(who, [told], others, seed));
      if (found) tested.push(scored(`${who}, rest found unasked`, [found], others, seed));
      return told;
    };
    clearStatus();
    if (validated) {
      console.log(`${outName}: learned from everyone, for ${epochs} epochs: the folds' median`);
    } else {
      console.log(outcomeLine(last, prepared.samples.held, outName));
      await test(seen.held, "those who chose the epoch, which flatters");
    }
    if (seen.reported.length > 0) {
      console.log(reportLine(await test(seen.reported, "others, who chose nothing")));
    }
    await writeCard(options, head, seen, tested);
    await Deno.remove(statePath).catch(() => {});
    return 0;
  }, stopped);
}

/** What the head's file tells of its training. */
async function trainedBy(
  { settings: { patience: _, ...settings }, stride, enrolled, folds }: TrainOptions,
  { train, held }: SeenSamples,
  { bestEpoch, of }: TrainingState,
  jitter: Jitter | undefined,
): Promise<HeadTraining> {
  const names = [...train, ...held].map(({ subject }) => subject);
  return {
    people: new Set(train.map(({ subject }) => subject)).size,
    videos: train.length,
    epoch: bestEpoch,
    ...settings,
    stride,
    centred: enrolled,
    gains: jitter?.gains,
    folds,
    // The salt follows from what was trained on and how, so that a second training gives the same bits.
    known: await hashPeople(names, (await sha256([of])).slice(0, 32)),
  };
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
        `same, or start over with --restart`,
    );
  }
  say(`going on after epoch ${state.history.length}, batch ${state.batch}`);
  return state;
}
