import { foldSubjects, type Split, splitSubjects } from "../data/split_subjects.ts";
import type { Device } from "../engine/mod.ts";
import type { DecidedPerson } from "../numbers/scores/person_scores.ts";
import { HeadJudge } from "./head_judge.ts";
import { type PreparationSettings, prepareSamples } from "./prepare_samples.ts";
import type { Sample } from "./sample.ts";
import { testOthers } from "./test_others.ts";
import { beginTraining, trainHead, type TrainingData, type TrainSettings } from "./train_head.ts";

/** How to cross-validate. */
export interface ValidationSettings {
  /** How many parts people are dealt into; each is tested by a head of the others. */
  readonly folds: number;
  /** Each deals people anew and trains with other draws. */
  readonly seeds: readonly number[];
  /** The share of the others' samples whose people choose the epoch. */
  readonly share: number;
  readonly training: TrainSettings;
  readonly preparation: PreparationSettings;
}

/** What heads decided on everyone, each time without having seen them. */
export interface Validation {
  /** By seed, relative to each person's resting videos where heads are trained so. */
  readonly told: readonly (readonly DecidedPerson[])[];
  /** By seed, the resting face found in what was seen so far; none where it is not subtracted. */
  readonly found: readonly (readonly DecidedPerson[])[] | undefined;
  /** The epochs that were kept, one for each head. */
  readonly epochs: readonly number[];
}

/**
 * Tells how well heads that are trained so do on people whom they have not seen: for each seed everyone is
 * tested once, by a head that neither learned from them nor was chosen by them.
 */
export async function crossValidate(
  device: Device,
  samples: readonly Sample[],
  common: Pick<TrainingData, "sizes" | "texts">,
  { folds, seeds, share, training, preparation }: ValidationSettings,
  { signal, onHead }: {
    readonly signal?: AbortSignal | undefined;
    /** Told how many heads are done. */
    readonly onHead?: ((done: number) => void) | undefined;
  } = {},
): Promise<Validation> {
  const told: DecidedPerson[][] = [], found: DecidedPerson[][] = [], epochs: number[] = [];
  for (const seed of seeds) {
    const toldNow: DecidedPerson[] = [], foundNow: DecidedPerson[] = [];
    for (const { train: others, held: tested } of foldSubjects(samples, folds, seed)) {
      const split = splitSubjects(others, share, seed);
      checkLabels(split, common.sizes.classes, folds);
      const prepared = await prepareSamples(split, preparation), { jitter } = prepared;
      const settings = { ...training, seed };
      const data = { ...common, samples: prepared.samples, jitter };
      const begun = beginTraining(settings, data);
      const { best, bestEpoch } = await trainHead(device, settings, data, begun, { signal });
      epochs.push(bestEpoch);
      using judge = await HeadJudge.open(device, { ...settings, ...data });
      const setup = { judge, train: split.train, prepared, preparation, seed };
      const one = await testOthers(best, tested, setup);
      toldNow.push(...one.told);
      foundNow.push(...one.found ?? []);
      onHead?.(epochs.length);
    }
    told.push(toldNow);
    found.push(foundNow);
  }
  return { told, found: preparation.enrolled === undefined ? undefined : found, epochs };
}

/** Throws if nobody to learn from shows a class. */
function checkLabels({ train }: Split<Sample>, classes: number, folds: number): void {
  const there = new Set(train.map(({ label }) => label));
  const missing = Array(classes).keys().find((label) => !there.has(label));
  if (missing === undefined) return;
  throw new TypeError(
    `Cannot cross-validate in ${folds} folds: in one, nobody is left to learn class ${missing} from: ` +
      `choose another --seed, or other --folds`,
  );
}
