import { join } from "node:path";
import { drawnFolder } from "../../demo/dataset/drawn_features.ts";
import { environment } from "../../engine/mod.ts";
import type { Clip } from "../../model/clip/clip.ts";
import type { Dataset, DatasetClip, RestingRule } from "../../data/dataset.ts";
import { EncodedDataset } from "../../data/encoded_dataset.ts";
import type { FoundClip } from "../../data/find_media.ts";
import { measureVoices, type VoiceSetup } from "../../data/measure_voices.ts";
import type { LabelFiles } from "../../data/read_dataset.ts";
import { restingTasks } from "../../data/resting_clips.ts";
import type { Split } from "../../data/split_subjects.ts";
import { checkSides, splitTargets } from "../../data/split_targets.ts";
import { countdown } from "../terminal/status_line.ts";
import { userPath } from "../terminal/terminal.ts";
import { DrawnDataset, drawnRest, listDrawnClips } from "./drawn_dataset.ts";
import type { EvalOptions } from "./options.ts";
import { describeDataset, readLabels } from "./read_dataset.ts";

/** How many people are adapted to by default: as many as in the papers. */
const targetCount = 10;

/** The clips of both sides, before any of them is decoded or drawn. */
export interface ListedDataset {
  readonly split: Split<DatasetClip>;
  /** Which clips of targets are of rest, where that is known. */
  readonly resting: RestingRule | undefined;
  /** Settings that features depend on, besides the clips and the model. */
  readonly settings: Readonly<Record<string, number>>;
  /** Opens the dataset that computes the features and keeps them. */
  open(clip: Clip): Promise<Dataset & Disposable>;
}

/** Reads labels and looks for files, or lists people that can be drawn; says what there is. */
export async function listDataset(
  options: EvalOptions,
  classes: readonly string[],
): Promise<ListedDataset> {
  const { data, stride, frames } = options;
  const folder = userPath(options.features);
  if ("drawn" in data) {
    const split = listDrawnClips(data.drawn);
    describeDataset(split, classes);
    const name = `demo, ${data.drawn.design}`;
    return {
      split,
      resting: drawnRest,
      settings: {},
      open: (clip) =>
        Promise.resolve(
          new DrawnDataset(name, classes, split, { clip, folder: folder ?? drawnFolder() }),
        ),
    };
  }
  const { kind } = data;
  const kept = folder ?? join(options.out, "features"), ffmpeg = environment("AUTT_FFMPEG");
  const read = await readSplit({
    ...options,
    kind,
    classes,
    skipMissing: options["skip-missing"],
  });
  const split = options.check ? read : await withVoices(read, { folder: kept, ffmpeg });
  const listed = { name: kind.name, classes, clips: [...split.train, ...split.held] };
  return {
    split,
    resting: options.restTasks ? restingTasks(options.restTasks) : kind.resting,
    settings: { stride, frames },
    open: (clip) =>
      EncodedDataset.open(listed, {
        ...{ clip, folder: kept, stride, frames, ffmpeg },
        findFaces: !options["no-face-crop"],
      }),
  };
}

/** Measures voices where there are words, as methods that hear are compared only there. */
async function withVoices(
  { train, held }: Split<FoundClip>,
  setup: VoiceSetup,
): Promise<Split<FoundClip>> {
  const spoken = [...train, ...held].some(({ transcript }) => transcript !== undefined);
  if (!spoken) return { train, held };
  const onClip = countdown(train.length + held.length, "clips heard");
  return {
    train: await measureVoices(train, { ...setup, onClip }),
    held: await measureVoices(held, { ...setup, onClip: (done) => onClip(train.length + done) }),
  };
}

/** Which files to read, and whom in them to adapt to. */
export interface SplitFiles extends LabelFiles {
  readonly skipMissing: boolean;
  readonly targets: readonly string[] | undefined;
  readonly seed: number;
}

/** Reads labels and divides people into sources and targets; says what there is. */
export async function readSplit(files: SplitFiles): Promise<Split<FoundClip>> {
  const { kind, targets, seed, classes } = files;
  const { clips, sources } = await readLabels("evaluate", files);
  if (clips.length === 0) throw new Error("Cannot evaluate: no clip is left");
  const split = sources
    ? {
      train: sources,
      held: targets ? clips.filter(({ subject }) => targets.includes(subject)) : clips,
    }
    : splitTargets(clips, { named: targets, usual: kind.targets, count: targetCount, seed });
  checkSides(split);
  describeDataset(split, classes ?? []);
  return split;
}
