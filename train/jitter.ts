import { cholesky } from "../numbers/cholesky.ts";
import type { Rng } from "../numbers/rng.ts";
import { meanOf } from "../numbers/vectors.ts";
import { shrunkCovariance } from "../model/clip_au/learn_rest.ts";
import { neutralMean } from "../model/clip_au/neutral.ts";
import type { Sample } from "./sample.ts";

/**
 * How clips that are centred are varied in training. A person's resting face is known from a few clips, so
 * it is a little wrong, and another camera or another person makes movements look weaker or stronger: a
 * head that never saw either takes both for an expression.
 */
export interface Jitter {
  /** `[d]`: the average neutral face, which gains leave where it is. */
  readonly usual: Float32Array<ArrayBuffer>;
  /** `[d, d]`, lower triangle: turns standard normal numbers into errors of a resting face. */
  readonly errors: Float64Array<ArrayBuffer>;
  /** The least and the greatest factor of what differs from the resting face. */
  readonly gains: readonly [number, number];
}

/** Chosen on source people, by heads that left out a fifth of them. */
export const usualGains = [0.5, 1.3] as const;

/** The share of the covariance that is made round: a person has few neutral clips. */
const roundShare = 0.1;

/**
 * Learns from people to train on how wrong a resting face of `count` neutral clips is: the spread of the
 * means of a person's neutral clips around the mean of them all, over all people.
 *
 * @param train Their samples, not centred.
 * @param usual `[d]`: the average neutral face.
 */
export async function learnJitter(
  train: readonly Sample[],
  usual: Float32Array<ArrayBuffer>,
  { label, count, gains = usualGains }: {
    readonly label: number;
    readonly count: number;
    readonly gains?: Jitter["gains"];
  },
): Promise<Jitter> {
  const width = usual.length, around: Float64Array[] = [];
  const neutral = train.filter((sample) => sample.label === label);
  for (const own of Map.groupBy(neutral, ({ subject }) => subject).values()) {
    const means = await Promise.all(
      own.map(async ({ features }) => neutralMean([await features()], width).mean),
    );
    const centre = meanOf(means);
    for (const mean of means) around.push(centre.map((x, d) => (mean[d] as number) - x));
  }
  // People with a single neutral clip tell nothing of how their clips differ.
  const told = around.filter((one) => one.some((x) => x !== 0));
  if (told.length < 2) return { usual, errors: new Float64Array(width * width), gains };
  const covariance = shrunkCovariance(told, width, roundShare);
  return { usual, errors: cholesky(covariance).map((x) => x / Math.sqrt(count)), gains };
}

/** A clip `[T, d]` as it would be with another error of the resting face and another gain. */
export function jittered(
  clip: Float32Array,
  { usual, errors, gains: [least, greatest] }: Jitter,
  rng: Rng,
): Float32Array<ArrayBuffer> {
  const width = usual.length;
  const gain = least + (greatest - least) * rng.uniform();
  const normal = Float64Array.from({ length: width }, () => rng.normal());
  const shift = Float64Array.from({ length: width }, (_, row) => {
    let sum = 0;
    for (let d = 0; d <= row; d++) {
      sum += (errors[row * width + d] as number) * (normal[d] as number);
    }
    return sum;
  });
  return Float32Array.from(clip, (x, i) => {
    const d = i % width, rest = usual[d] as number;
    return rest + gain * (x + (shift[d] as number) - rest);
  });
}
