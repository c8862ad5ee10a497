import { dot } from "../../numbers/vectors.ts";
import { frameRows, type RestFinder } from "./rest.ts";

/** A run of frames, by the places of its first and its last. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  /** Of the frames in the direction. */
  readonly mean: number;
}

/**
 * A stretch counts if it has this share of the frames that the fullest one has: a few frames between two
 * moments without a face may look calm by chance.
 */
const leastFull = 0.75;

/**
 * The calmest stretch of so many seconds in features `[T, d]`: the one whose mean is lowest in the
 * direction. Of a shorter video it is all frames.
 *
 * @param seconds `[T]`: the time of each frame, rising.
 */
export function calmestStretch(
  features: Float32Array,
  seconds: readonly number[],
  { direction }: Pick<RestFinder, "direction">,
  length: number,
): { readonly first: number; readonly last: number } {
  const scores = frameRows(features, direction.length).map((frame) => dot(frame, direction));
  if (scores.length !== seconds.length || scores.length === 0) {
    throw new RangeError(
      `Cannot find the calmest stretch of ${scores.length} frames with ${seconds.length} times: ` +
        "wanted one time for each of at least one frame",
    );
  }
  if ((seconds.at(-1) as number) - (seconds[0] as number) <= length) {
    return { first: 0, last: scores.length - 1 };
  }
  const stretches: Stretch[] = [];
  let sum = 0, first = 0;
  for (const [last, score] of scores.entries()) {
    sum += score;
    while ((seconds[last] as number) - (seconds[first] as number) > length) {
      sum -= scores[first++] as number;
    }
    stretches.push({ first, last, mean: sum / (last - first + 1) });
  }
  const frames = ({ first, last }: Stretch) => last - first + 1;
  const most = stretches.reduce((most, stretch) => Math.max(most, frames(stretch)), 0);
  const { first: from, last: to } = stretches
    .filter((stretch) => frames(stretch) >= leastFull * most)
    .reduce((calmest, stretch) => stretch.mean < calmest.mean ? stretch : calmest);
  return { first: from, last: to };
}
