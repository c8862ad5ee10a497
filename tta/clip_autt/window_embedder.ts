import type { Device, Tensor } from "../../engine/mod.ts";
import { framesOf, joined } from "../../numbers/vectors.ts";
import { embedClips } from "../../model/clip_au/head.ts";
import type { HeadWeights } from "../../model/clip_au/head_weights.ts";
import { windowStarts } from "./window_starts.ts";
import { SizedPlans } from "../../model/sized_plans.ts";

/** The embedded windows of a clip. Prompt tuning does not change them. */
export interface ClipWindows {
  /** `[W, d]`, at unit length. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  /** The first frame of each. */
  readonly starts: readonly number[];
  /** How many frames each has. */
  readonly length: number;
}

/** The number of windows of each clip. Throws where they differ, since a plan has one shape. */
export function countWindows(clips: readonly ClipWindows[]): number {
  const [first] = clips;
  if (!first) throw new TypeError("Cannot tune on no clips");
  const other = clips.find(({ starts }) => starts.length !== first.starts.length);
  if (other) {
    throw new TypeError(
      `Cannot tune on clips of ${first.starts.length} and ${other.starts.length} windows at once: ` +
        `wanted as many in each`,
    );
  }
  return first.starts.length;
}

/** Most windows in one batch of the temporal module. */
const mostWindows = 64;

/** Embeds windows with the head's temporal module; each window is padded with zeros. */
export class WindowEmbedder implements Disposable {
  readonly #width: number;
  readonly #plans: SizedPlans<Tensor>;

  /** @param width The number of features of a frame. */
  constructor(device: Device, head: HeadWeights, width: number) {
    this.#width = width;
    this.#plans = new SizedPlans(
      device,
      (r, count = 0, length = 0) => embedClips(r, head, r.input("frames", [count, length, width])),
    );
  }

  /** Embeds a clip's features `[T, d]` in windows of `window` frames, or of all if it is shorter. */
  async embed(features: Float32Array, window = Infinity): Promise<ClipWindows> {
    const [embedded] = await this.embedAll([features], window);
    return embedded as ClipWindows;
  }

  /**
   * Embeds several clips; windows of equal length share batches.
   *
   * @param times The times of each clip's frames, so that windows don't run over gaps.
   */
  async embedAll(
    clips: readonly Float32Array[],
    window = Infinity,
    times: readonly (readonly number[])[] = [],
  ): Promise<ClipWindows[]> {
    const width = this.#width;
    const found = clips.map((features, clip): ClipWindows => {
      const frames = framesOf(features, width), starts = windowStarts(frames, window, times[clip]);
      const embeddings = new Float32Array(starts.length * width);
      return { embeddings, starts, length: Math.min(frames, window) };
    });
    const all = found.flatMap(({ starts, length }, clip) =>
      starts.map((start, i) => ({ clip, start, i, length }))
    );
    for (const [length, alike] of Map.groupBy(all, (one) => one.length)) {
      for (let first = 0; first < alike.length; first += mostWindows) {
        const some = alike.slice(first, first + mostWindows);
        const frames = joined(
          some.map(({ clip, start }) =>
            (clips[clip] as Float32Array).subarray(start * width, (start + length) * width)
          ),
        );
        const embedded = await this.#plans.run([some.length, length], { frames });
        for (const [place, { clip, i }] of some.entries()) {
          const row = embedded.subarray(place * width, (place + 1) * width);
          found[clip]?.embeddings.set(row, i * width);
        }
      }
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}
