import { dot, framesOf, joined, meanOf } from "../../numbers/vectors.ts";

/** What finding a person's resting face without asking them takes; learned from other people. */
export interface RestFinder {
  /** `[d]`: the direction in which features move with any expression. Calm frames are low in it. */
  readonly direction: Float32Array<ArrayBuffer>;
  /** `[d]`: how the calm frames of people who show expressions differ from their resting face. */
  readonly offset: Float32Array<ArrayBuffer>;
  /** Frames of a clip in training: the average face counts as much as one clip of the person. */
  readonly frames: number;
}

/** The share of frames that count as calm, and the fewest. */
const calmShare = 0.25, fewestCalm = 3;

/** Frames that are kept of a person. Beyond, every second one is dropped, evenly over time. */
const mostKept = 4096;

/** The mean of the calmest quarter of frames `[T, d]`: those that are lowest in the direction. */
export function calmMean(
  frames: readonly Float32Array[],
  direction: Float32Array,
): Float64Array<ArrayBuffer> {
  const scores = frames.map((frame) => dot(frame, direction));
  const count = Math.max(fewestCalm, Math.round(calmShare * frames.length));
  const calm = scores.map((_, i) => i)
    .sort((a, b) => (scores[a] as number) - (scores[b] as number)).slice(0, count);
  return meanOf(calm.map((i) => frames[i] as Float32Array));
}

/** The rows of features `[T, d]`, without copying. */
export function frameRows(features: Float32Array, width: number): Float32Array[] {
  return Array.from(
    { length: framesOf(features, width) },
    (_, frame) => features.subarray(frame * width, (frame + 1) * width),
  );
}

/**
 * A person's resting face, found in what was seen of them: the mean of the calm frames, without what
 * calm frames of other people have beyond rest, drawn towards the average face while little was seen.
 */
export class FoundRest {
  readonly #finder: RestFinder;
  readonly #usual: Float32Array;
  #kept: Float32Array[] = [];
  #every = 1;
  #seen = 0;

  /** @param usual `[d]`: the average resting face of other people. */
  constructor(finder: RestFinder, usual: Float32Array) {
    this.#finder = finder;
    this.#usual = usual;
  }

  /** How many frames were seen. */
  get frames(): number {
    return this.#seen;
  }

  /** Takes in frames `[T, d]`, after those before. */
  see(features: Float32Array): void {
    const width = this.#usual.length, count = framesOf(features, width);
    for (let frame = 0; frame < count; frame++) {
      if (this.#seen++ % this.#every !== 0) continue;
      this.#kept.push(features.slice(frame * width, (frame + 1) * width));
      if (this.#kept.length <= mostKept) continue;
      this.#kept = this.#kept.filter((_, i) => i % 2 === 0);
      this.#every *= 2;
    }
  }

  /** `[d]`: the resting face as far as it is known. */
  mean(): Float32Array<ArrayBuffer> {
    if (this.#seen === 0) return Float32Array.from(this.#usual);
    const { direction, offset, frames } = this.#finder, clips = this.#seen / frames;
    const calm = calmMean(this.#kept, direction);
    return Float32Array.from(
      this.#usual,
      (usual, i) => (usual + clips * ((calm[i] as number) - (offset[i] as number))) / (clips + 1),
    );
  }

  /** Forgets the person. */
  forget(): void {
    [this.#kept, this.#every, this.#seen] = [[], 1, 0];
  }
}

/** The resting face that all of a person's clips together show. */
export function restOfAll(
  clips: readonly Float32Array[],
  finder: RestFinder,
  usual: Float32Array,
): Float32Array<ArrayBuffer> {
  const found = new FoundRest(finder, usual);
  found.see(joined(clips));
  return found.mean();
}
