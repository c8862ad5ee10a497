import type { SourceSettings } from "./source_settings.ts";
import { average, meanOf, type Vector } from "../../numbers/vectors.ts";

/** Mean and variance of embeddings. */
export interface FeatureStatistics {
  /** `[D]` */
  readonly mean: Float64Array;
  /** `[D]`: the population's variance, shrunk. */
  readonly variance: Float64Array;
}

/** The statistics of one embedding or more. */
export function statisticsOf(
  rows: readonly Vector[],
  { shrink, shrinkTowards }: Pick<SourceSettings, "shrink" | "shrinkTowards">,
): FeatureStatistics {
  const mean = meanOf(rows), own = new Float64Array(mean.length);
  for (const row of rows) {
    for (let d = 0; d < own.length; d++) {
      own[d] = (own[d] as number) + ((row[d] as number) - (mean[d] as number)) ** 2 / rows.length;
    }
  }
  const towards = shrinkTowards === "one" ? 1 : average([...own]);
  return { mean, variance: own.map((v) => (1 - shrink) * v + shrink * towards) };
}

/** The squared 2-Wasserstein distance of two normal distributions without covariances. */
export function wasserstein(a: FeatureStatistics, b: FeatureStatistics): number {
  let sum = 0;
  for (let d = 0; d < a.mean.length; d++) {
    const v = a.variance[d] as number, w = b.variance[d] as number;
    sum += ((a.mean[d] as number) - (b.mean[d] as number)) ** 2 +
      v + w - 2 * Math.sqrt(Math.max(v * w, 1e-12));
  }
  return sum;
}
