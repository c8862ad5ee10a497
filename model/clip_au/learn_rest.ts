import { solveSymmetric } from "../../numbers/cholesky.ts";
import { average, dot, meanOf } from "../../numbers/vectors.ts";
import { neutralMean } from "./neutral.ts";
import { calmMean, frameRows, type RestFinder } from "./rest.ts";

/** A labelled clip of a person. */
interface LabelledFaces {
  readonly subject: string;
  readonly label: number;
  /** `[T, d]` */
  features(): Promise<Float32Array>;
}

/** The share of the covariance that is made round, so that it can be inverted. */
const shrinkage = 0.05;

/** Frames that the covariance is computed from, at most; of more, some are taken evenly. */
const mostFrames = 40_000;

/** A frame relative to the person's resting face. */
interface Moved {
  readonly by: Float64Array;
  readonly neutral: boolean;
}

/**
 * Learns from labelled clips of other people, features as the image tower gives them, how to find
 * someone's resting face: the direction that best tells frames of any expression from neutral ones,
 * and what calm frames have beyond rest. People without both kinds of clips teach nothing.
 */
export async function learnRest(
  samples: readonly LabelledFaces[],
  width: number,
  neutralLabel = 0,
): Promise<RestFinder> {
  const people: { rest: Float32Array; frames: Float32Array[]; neutral: boolean[] }[] = [];
  const lengths: number[] = [];
  for (const own of Map.groupBy(samples, ({ subject }) => subject).values()) {
    const clips = await Promise.all(own.map(async ({ label, features }) => ({
      neutral: label === neutralLabel,
      frames: await features(),
    })));
    const still = clips.filter(({ neutral }) => neutral);
    if (still.length === 0 || still.length === clips.length) continue;
    const { mean: rest } = neutralMean(still.map(({ frames }) => frames), width);
    const rows = clips.map(({ neutral, frames }) => ({ neutral, rows: frameRows(frames, width) }));
    lengths.push(...rows.map(({ rows }) => rows.length));
    people.push({
      rest,
      frames: rows.flatMap(({ rows }) => rows),
      neutral: rows.flatMap(({ neutral, rows }) => rows.map(() => neutral)),
    });
  }
  if (people.length === 0) {
    throw new TypeError(
      "Cannot learn how people rest: nobody has both a neutral clip and one of another class",
    );
  }
  const moved = people.flatMap(({ rest, frames, neutral }) =>
    frames.map((frame, i): Moved => ({
      by: Float64Array.from(frame, (x, d) => x - (rest[d] as number)),
      neutral: neutral[i] as boolean,
    }))
  );
  const meanBy = (neutral: boolean) =>
    meanOf(moved.filter((one) => one.neutral === neutral).map(({ by }) => by));
  const calm = meanBy(true);
  const towards = meanBy(false).map((x, d) => x - (calm[d] as number));
  const direction = solveSymmetric(shrunkCovariance(moved.map(({ by }) => by), width), towards);
  // Only the order of frames matters, so the length is free.
  const scale = 1 / Math.sqrt(dot(direction, direction));
  const unitDirection = Float32Array.from(direction, (x) => scale * x);
  const offset = meanOf(people.map(({ rest, frames }) => {
    const own = calmMean(frames, unitDirection);
    return own.map((x, d) => x - (rest[d] as number));
  }));
  return {
    direction: unitDirection,
    offset: Float32Array.from(offset),
    frames: Math.max(1, Math.round(average(lengths))),
  };
}

/** The covariance of vectors, drawn a little towards a round one. */
export function shrunkCovariance(
  all: readonly Float64Array[],
  width: number,
  share = shrinkage,
): Float64Array<ArrayBuffer> {
  const step = Math.ceil(all.length / mostFrames), some = all.filter((_, i) => i % step === 0);
  const mean = meanOf(some), sums = new Float64Array(width * width);
  const x = new Float64Array(width);
  for (const one of some) {
    for (let i = 0; i < width; i++) x[i] = (one[i] as number) - (mean[i] as number);
    for (let i = 0; i < width; i++) {
      const left = x[i] as number, row = i * width;
      for (let j = 0; j <= i; j++) {
        sums[row + j] = (sums[row + j] as number) + left * (x[j] as number);
      }
    }
  }
  const count = Math.max(1, some.length - 1);
  let trace = 0;
  for (let i = 0; i < width; i++) trace += (sums[i * width + i] as number) / count;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const round = i === j ? share * trace / width : 0;
      const value = (1 - share) * (sums[i * width + j] as number) / count + round;
      sums[i * width + j] = sums[j * width + i] = value;
    }
  }
  return sums;
}
