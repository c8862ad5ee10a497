import { Rng } from "../../engine/mod.ts";
import { drawResamples, intervalOf } from "../../numbers/scores/bootstrap.ts";
import { average } from "../../numbers/vectors.ts";

/** Differences between two methods on the same people. */
export interface PairedDifference {
  readonly mean: number;
  /** The standard error over people. */
  readonly error: number;
  /** Of 95 %, by bootstrap over people. */
  readonly low: number;
  readonly high: number;
  /** The p-value: how often random signs give so large a mean. */
  readonly p: number;
}

const draws = 10_000;

/** Compares two methods person by person. Deterministic. */
export function pairedDifference(
  ours: readonly number[],
  theirs: readonly number[],
): PairedDifference {
  const differences = ours.map((x, i) => x - (theirs[i] ?? NaN)), count = differences.length;
  const mean = average(differences);
  const spread = deviation(differences) / Math.sqrt(count);
  const means = drawResamples(count, draws, 20).map((drawn) =>
    average(drawn.map((i) => differences[i] ?? NaN))
  );
  const rng = new Rng(21);
  let asLarge = 0;
  for (let draw = 0; draw < draws; draw++) {
    const signed = differences.map((difference) => rng.u32() & 1 ? difference : -difference);
    if (Math.abs(average(signed)) >= Math.abs(mean) - 1e-12) asLarge++;
  }
  return { mean, error: spread, ...intervalOf(means), p: asLarge / draws };
}

/** The standard deviation of a sample. */
export function deviation(numbers: readonly number[]): number {
  const mean = average(numbers);
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1));
}
