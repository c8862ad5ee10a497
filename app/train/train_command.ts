import { auPrompts } from "../../model/clip_au/au_prompts.ts";
import { clipName } from "../../model/clip/config.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { saveHead } from "../../model/clip_au/head_file.ts";
import { usualSizes } from "../../model/clip_au/head_parameters.ts";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import { encodeAll } from "../../data/dataset.ts";
import type { FoundClip } from "../../data/find_media.ts";
import type { Split } from "../../data/split_subjects.ts";
import { environment } from "../../engine/mod.ts";
import { centreSamples } from "../../train/centre_samples.ts";
import { type Sample, sampleOf } from "../../train/sample.ts";
import {
  beginTraining,
  describeTraining,
  trainHead,
  type TrainingData,
  type TrainSettings,
} from "../../train/train_head.ts";
import { loadTraining, saveTraining, type TrainingState } from "../../train/training_state.ts";
import { saveSourcePeople } from "../../tta/tta_cap/source_cache_file.ts";
import { countdown } from "../terminal/countdown.ts";
import { Interrupted, interruptedCode, interruptSignal } from "../terminal/interrupt.ts";
import { modelPath } from "../terminal/model_path.ts";
import { clearStatus, say } from "../terminal/status_line.ts";
import { openNamed, UsageError } from "../terminal/terminal.ts";
import { checkClasses, chooseClips, type ChosenClips } from "./choose_clips.ts";
import { collectSources } from "./collect_sources.ts";
import { help, readOptions } from "./options.ts";
import { checkPlace, prepareOutputs } from "./prepare_outputs.ts";

/** The `train` command. */
export async function train(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(help);
    return 0;
  }
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

  const model = await modelPath(options.model);
  if (options.restart) await Deno.remove(statePath).catch(() => {});
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  try {
    using device = await openNamed(options.adapter);
    using clip = await loadClip(device, model);
    const { embedding } = clip.config;
    const { kind, features, stride, findFaces } = options;
    const clips = [...chosen.split.train, ...chosen.split.held];
    using dataset = await EncodedDataset.open({ name: kind.name, classes, clips }, {
      ...{ clip, folder: features, stride, findFaces },
      ffmpeg: environment("AUTT_FFMPEG"),
    });
    const seen = await seeAll(dataset, chosen, signal);
    const centring = enrolled === undefined
      ? undefined
      : await centreSamples(seen, embedding, 0, enrolled);
    const data: TrainingData = {
      sizes: usualSizes(embedding, auPrompts.length, classes.length),
      texts: await clip.encodeTexts(auPrompts),
      samples: centring?.samples ?? seen,
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
    });
    if (options.sources !== undefined) {
      const people = await collectSources(seen.train, {
        ...{ classes, width: embedding, frames: settings.frames, seed: settings.seed, signal },
        clip: about,
      });
      await saveSourcePeople(options.sources, people);
    }
    await Deno.remove(statePath).catch(() => {});
    clearStatus();
    summarise(last, seen.held, outName);
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

/** Computes features that are not kept yet; gives the samples whose videos show a face. */
async function seeAll(
  dataset: EncodedDataset,
  { classes, split }: ChosenClips,
  signal: AbortSignal,
): Promise<Split<Sample>> {
  const onClip = countdown(dataset.clips.length, "videos seen");
  const faceless = await encodeAll(dataset, dataset.clips, { signal, onClip });
  for (const id of faceless) say(`${id} is left out: no face is seen in it`);
  const seen = (clips: readonly FoundClip[]) => clips.filter(({ id }) => !faceless.has(id));
  const left = { train: seen(split.train), held: seen(split.held) };
  if (left.held.length === 0) throw new Error("Cannot train: no video held out shows a face");
  if (faceless.size > 0) checkClasses(left, classes);
  const sampled = (clips: readonly FoundClip[]) =>
    Promise.all(clips.map((clip) => sampleOf(dataset, clip)));
  return { train: await sampled(left.train), held: await sampled(left.held) };
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
