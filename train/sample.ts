import type { Dataset, DatasetClip } from "../data/dataset.ts";
import { centred, neutralMean } from "../model/clip_au/neutral.ts";
import type { Split } from "../data/split_subjects.ts";

/** A labelled video with its features. */
export interface Sample {
  /** Its name in messages. */
  readonly id: string;
  /** The person in it. */
  readonly subject: string;
  /** The number of its class. */
  readonly label: number;
  /** What the person is counted among, where that is known. */
  readonly group?: string | undefined;
  /** Identifies its features: the model, the preparation and the frames that they come from. */
  readonly key: string;
  /** `[T, d]`: of every frame that is used. */
  features(): Promise<Float32Array>;
}

/** A clip of a dataset as a sample. */
export async function sampleOf(dataset: Dataset, clip: DatasetClip): Promise<Sample> {
  const { id, subject, label, group } = clip, key = await dataset.key?.(clip) ?? id;
  return { id, subject, label, group, key, features: () => dataset.features(clip) };
}

/** Samples whose features are relative to each person's own neutral face. */
export interface CentredSamples {
  readonly samples: Split<Sample>;
  /** `[d]`: the mean neutral face of the people to train on. */
  readonly usual: Float32Array<ArrayBuffer>;
}

/**
 * Subtracts the mean of each person's first neutral videos from all of their features. For the people
 * held out these videos are not tested on, as a new person is enrolled with some videos and judged on
 * others.
 *
 * @param label The label of the neutral class.
 * @param count How many neutral videos of each person.
 */
export async function centreSamples(
  { train, held }: Split<Sample>,
  width: number,
  label: number,
  count: number,
): Promise<CentredSamples> {
  const means = new Map<string, Float32Array<ArrayBuffer>>(), used = new Set<Sample>();
  for (const [subject, own] of Map.groupBy([...train, ...held], (sample) => sample.subject)) {
    const neutral = own.filter((sample) => sample.label === label).slice(0, count);
    if (neutral.length === 0) {
      throw new TypeError(
        `Cannot centre the features of "${subject}": no video of theirs has the neutral label ${label}`,
      );
    }
    const clips = await Promise.all(neutral.map((sample) => sample.features()));
    means.set(subject, neutralMean(clips, width).mean);
    for (const sample of neutral) used.add(sample);
  }
  const meanOf = ({ subject }: Sample) => means.get(subject) as Float32Array<ArrayBuffer>;
  const { mean: usual } = neutralMean([...new Set(train.map(meanOf))], width);
  const centre = (sample: Sample): Sample => ({
    ...sample,
    key: `${sample.key} centred by ${count}`,
    features: async () => centred(await sample.features(), meanOf(sample), usual),
  });
  return {
    samples: {
      train: train.map(centre),
      held: held.filter((sample) => !used.has(sample)).map(centre),
    },
    usual,
  };
}
