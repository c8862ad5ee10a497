import { centred, neutralMean } from "../model/clip_au/neutral.ts";
import type { Split } from "../data/split_subjects.ts";
import type { Sample } from "./sample.ts";

/** Samples whose features are told from each person's own neutral face. */
export interface CentredSamples {
  readonly samples: Split<Sample>;
  /** `[d]`: the mean neutral face of those that are learnt from. */
  readonly usual: Float32Array<ArrayBuffer>;
}

/**
 * Takes the mean of each person's first neutral videos off all of their features. Of the people held
 * back these videos are not tested on: a new person is enrolled with such, and asked about others.
 *
 * @param label Of the neutral class.
 * @param count How many videos of each person.
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
