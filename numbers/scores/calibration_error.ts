import { largestAt } from "../vectors.ts";
import type { ScoredClip } from "./scored_clip.ts";

/**
 * Expected calibration error: clips are sorted into equal bins by the probability of their most likely
 * class. The error is the gap between mean probability and accuracy of a bin, averaged over clips.
 */
export function calibrationError(clips: readonly ScoredClip[], bins = 15): number {
  const told = clips.map(({ probabilities, label }) => {
    const likeliest = largestAt(probabilities);
    return { sure: probabilities[likeliest] ?? NaN, right: Number(likeliest === label) };
  });
  // The upper end of a bin belongs to it, as in the papers that define this error.
  const binOf = (sure: number) => Math.max(0, Math.ceil(sure * bins) - 1);
  const gaps = [...Map.groupBy(told, ({ sure }) => binOf(sure)).values()].map((bin) =>
    Math.abs(bin.reduce((sum, { sure, right }) => sum + sure - right, 0))
  );
  return gaps.reduce((sum, gap) => sum + gap, 0) / clips.length;
}
