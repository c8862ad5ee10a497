import { average, largestAt } from "../../numbers/vectors.ts";

/** The decision on a video. */
export interface VideoDecision {
  /** `[C]`: the mean of its windows' logits. */
  readonly logits: readonly number[];
  /** The predicted class. */
  readonly predicted: number;
}

/**
 * Decides on a video by the mean of its windows' logits.
 *
 * @example
 * ```ts
 * import { decideVideo } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * const video = decideVideo([{ logits: [1, 4] }, { logits: [3, 1] }]);
 * assert.deepEqual(video, { logits: [2, 2.5], predicted: 1 });
 * ```
 */
export function decideVideo(
  windows: readonly { readonly logits: readonly number[] }[],
): VideoDecision {
  const [first] = windows;
  if (!first) throw new TypeError("Cannot decide on a video of no windows: wanted one at least");
  const logits = first.logits.map((_, c) => average(windows.map((one) => one.logits[c] as number)));
  return { logits, predicted: largestAt(logits) };
}
