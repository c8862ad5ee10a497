import type { Split } from "../data/split_subjects.ts";
import { centred } from "../model/clip_au/neutral.ts";
import { learnRest } from "../model/clip_au/learn_rest.ts";
import { FoundRest, type RestFinder } from "../model/clip_au/rest.ts";
import { shuffled } from "../data/split_subjects.ts";
import { type Jitter, learnJitter } from "./jitter.ts";
import { centreSamples, type Sample } from "./sample.ts";

/** What a head learns from, made as it takes it, and what it keeps of how that was done. */
export interface PreparedSamples {
  readonly samples: Split<Sample>;
  /** `[d]`: the average neutral face; none where features stay as they are. */
  readonly neutral: Float32Array<ArrayBuffer> | undefined;
  /** How to find someone's resting face. */
  readonly rest: RestFinder | undefined;
  readonly jitter: Jitter | undefined;
}

/** How samples are prepared. */
export interface PreparationSettings {
  /** The numbers of a frame. */
  readonly width: number;
  /** Neutral videos whose mean each person's features are relative to; none if left out. */
  readonly enrolled: number | undefined;
  /** Whether resting faces and gains vary in training. */
  readonly vary: boolean;
}

/** The label of the neutral class. */
const neutralLabel = 0;

/** Prepares samples to train on; those held out as a new person's are who is enrolled by some videos. */
export async function prepareSamples(
  split: Split<Sample>,
  { width, enrolled, vary }: PreparationSettings,
): Promise<PreparedSamples> {
  if (enrolled === undefined) {
    return { samples: split, neutral: undefined, rest: undefined, jitter: undefined };
  }
  const { samples, usual } = await centreSamples(split, width, neutralLabel, enrolled);
  return {
    samples,
    neutral: usual,
    rest: await learnRest(split.train, width, neutralLabel),
    jitter: vary
      ? await learnJitter(split.train, usual, { label: neutralLabel, count: enrolled })
      : undefined,
  };
}

/** Other people's samples, made like those that were held out; without the videos that enrol them. */
export async function prepareOthers(
  train: readonly Sample[],
  others: readonly Sample[],
  { width, enrolled }: Pick<PreparationSettings, "width" | "enrolled">,
): Promise<readonly Sample[]> {
  if (enrolled === undefined) return others;
  const split = { train, held: others };
  return (await centreSamples(split, width, neutralLabel, enrolled)).samples.held;
}

/**
 * Samples relative to the resting faces that are found in what was seen of each person so far, as for
 * people whom nobody enrolled. The seed decides the order of a person's videos: label files are sorted
 * by class.
 */
export async function relativeToFound(
  samples: readonly Sample[],
  finder: RestFinder,
  usual: Float32Array<ArrayBuffer>,
  seed: number,
): Promise<readonly Sample[]> {
  const relative: Sample[] = [];
  for (const own of Map.groupBy(samples, ({ subject }) => subject).values()) {
    const found = new FoundRest(finder, usual);
    for (const sample of shuffled(own, seed)) {
      const features = await sample.features();
      found.see(features);
      const made = centred(features, found.mean(), usual);
      relative.push({ ...sample, features: () => Promise.resolve(made) });
    }
  }
  return relative;
}
