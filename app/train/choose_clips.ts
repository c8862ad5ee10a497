import type { FoundClip } from "../../data/find_media.ts";
import { type Split, splitSubjects } from "../../data/split_subjects.ts";
import { usualClasses } from "../../model/clip_au/head_file.ts";
import { readLabels } from "../eval/read_dataset.ts";
import { say } from "../terminal/status_line.ts";
import { UsageError } from "../terminal/terminal.ts";
import type { TrainOptions } from "./options.ts";

/** The clips to train and to test on. */
export interface ChosenClips {
  /** The names of the classes, from label 0 on. */
  readonly classes: readonly string[];
  readonly split: Split<FoundClip>;
  /** Of people who neither teach nor choose the epoch: what the head is worth is told of them. */
  readonly reported: readonly FoundClip[];
}

/** With so many people some are kept for the report, if nothing else is asked for, and which share. */
const usualReport = { people: 10, share: 0.2 };

/** Reads the labels, names the classes and holds people out; says what there is. */
export async function chooseClips(options: TrainOptions): Promise<ChosenClips> {
  const { kind, labels, root, share, skipMissing, settings: { frames, seed } } = options;
  const named = options.classes ?? kind.classes;
  if (named) checkCount(named);
  const read = await readLabels("train", {
    ...{ kind, classes: named, labels: [labels], sourceLabels: [], root, skipMissing },
    least: frames,
  });
  // In a folder with sides the targets are for evaluation: nothing is learned from them.
  const clips = read.sources ?? read.clips;
  if (clips.length === 0) throw new Error("Cannot train: no clip is left");
  const classes = named ?? usualClasses(1 + Math.max(...clips.map(({ label }) => label)));
  checkCount(classes);
  const unseen = classes.findIndex((_, label) => !clips.some((clip) => clip.label === label));
  if (unseen >= 0) {
    throw new UsageError(
      `Cannot train the class "${classes[unseen]}": no video has label ${unseen}`,
    );
  }
  const people = new Set(clips.map(({ subject }) => subject)).size;
  if (options.folds !== undefined) {
    const { folds } = options;
    if (people < folds || people - Math.ceil(people / folds) < 2) {
      throw new UsageError(
        `Cannot cross-validate ${people} people in ${folds} folds: wanted a person for each, and two ` +
          "others, to learn from and to choose the epoch",
      );
    }
    const split = { train: clips, held: [] };
    describeSplit(split, []);
    return { classes, split, reported: [] };
  }
  const kept = options.reported ?? (people < usualReport.people ? 0 : usualReport.share);
  // The report's people are drawn first, by a seed of their own.
  const { train: rest, held: reported } = kept > 0
    ? splitSubjects(clips, kept, seed + 1)
    : { train: clips, held: [] };
  const split = splitSubjects(rest, share, seed);
  describeSplit(split, reported);
  checkClasses(split, classes);
  return { classes, split, reported };
}

function checkCount(classes: readonly string[]): void {
  if (classes.length > 1) return;
  throw new UsageError(
    `Cannot train the class "${classes[0]}" alone: two classes are the fewest`,
  );
}

/** Throws if nobody to train on shows a class; warns if nobody held out does. */
export function checkClasses(
  { train, held }: Split<FoundClip>,
  classes: readonly string[],
): void {
  const has = (clips: readonly FoundClip[], label: number) =>
    clips.some((clip) => clip.label === label);
  const unlearned = classes.find((_, label) => !has(train, label));
  if (unlearned !== undefined) {
    throw new UsageError(
      `Cannot train the class "${unlearned}": all of its videos are of people held out or ` +
        `show no face: choose another --seed, or hold out fewer with --held-out`,
    );
  }
  for (const [label, name] of classes.entries()) {
    if (held.length === 0 || has(held, label)) continue;
    say(`warning: no video of class "${name}" is held out: it is not tested`);
  }
}

function describeSplit({ train, held }: Split<FoundClip>, reported: readonly FoundClip[]): void {
  const people = (clips: readonly FoundClip[]) =>
    [...new Set(clips.map(({ subject }) => subject))].sort();
  const learned = `${train.length} videos of ${people(train).length} people to learn from`;
  say(
    held.length === 0
      ? learned
      : `${learned}; ${held.length} held out, of ${people(held).join(", ")}`,
  );
  if (reported.length > 0) {
    say(`${reported.length} kept for the report, of ${people(reported).join(", ")}`);
  }
}
