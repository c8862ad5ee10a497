import { Rng } from "../../engine/mod.ts";

/** Differences between two methods on the same people. */
export interface PairedDifference {
  readonly mean: number;
  /** The standard error over people. */
  readonly error: number;
  /** Of 95 %, by bootstrap over people. */
  readonly low: number;
  readonly high: number;
  /** How often so large a mean comes of signs by chance. */
  readonly p: number;
}

const draws = 10_000;

/** Compares two methods person by person. The same numbers give the same answer. */
export function pairedDifference(
  ours: readonly number[],
  theirs: readonly number[],
): PairedDifference {
  const differences = ours.map((x, i) => x - (theirs[i] ?? NaN)), count = differences.length;
  const mean = average(differences);
  const spread = deviation(differences) / Math.sqrt(count);
  const rng = new Rng(20);
  const means: number[] = [];
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    let sum = 0, signed = 0;
    for (const difference of differences) {
      sum += differences[rng.integer(0, count - 1)] ?? NaN;
      signed += rng.u32() & 1 ? difference : -difference;
    }
    means.push(sum / count);
    if (Math.abs(signed / count) >= Math.abs(mean) - 1e-12) asLarge++;
  }
  means.sort((a, b) => a - b);
  return {
    mean,
    error: spread,
    low: means[Math.floor(.025 * draws)] ?? NaN,
    high: means[Math.ceil(.975 * draws) - 1] ?? NaN,
    p: asLarge / draws,
  };
}

export function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** The deviation of a sample. */
export function deviation(numbers: readonly number[]): number {
  const mean = average(numbers);
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1));
}
