import type { Device, Tensor } from "../../engine/mod.ts";
import { framesOf, joined } from "../../numbers/vectors.ts";
import { embedClips } from "../../model/clip_au/head.ts";
import { centre, type Rest } from "../../model/clip_au/neutral.ts";
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

/** What else is known of clips that are embedded. */
export interface EmbedWindowsOptions {
  /** The times of each clip's frames, so that windows don't run over gaps. */
  readonly times?: readonly (readonly number[])[] | undefined;
  /** What features are to be relative to. */
  readonly rest?: Rest | undefined;
}

/** A clip's frames, and where its windows go. */
interface ClipFrames extends ClipWindows {
  /** `[T, d]` */
  readonly features: Float32Array;
}

/** The windows of clips one after the other; a single clip's are not copied. */
export function joinedWindows(clips: readonly ClipWindows[]): Float32Array<ArrayBuffer> {
  const [first, ...others] = clips;
  return first && others.length === 0
    ? first.embeddings
    : joined(clips.map(({ embeddings }) => embeddings));
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

  /** Embeds several clips; windows of equal length share batches. */
  async embedAll(
    clips: readonly Float32Array[],
    window = Infinity,
    { times = [], rest }: EmbedWindowsOptions = {},
  ): Promise<ClipWindows[]> {
    const width = this.#width;
    const found = clips.map((features, clip): ClipWindows => {
      const frames = framesOf(features, width), starts = windowStarts(frames, window, times[clip]);
      const embeddings = new Float32Array(starts.length * width);
      return { embeddings, starts, length: Math.min(frames, window) };
    });
    const each = found.map((clip, i) => ({ ...clip, features: clips[i] as Float32Array }));
    for (const [length, alike] of Map.groupBy(each, (clip) => clip.length)) {
      await this.#embedAlike(alike, length, rest);
    }
    return found;
  }

  /** Embeds windows of one length, in batches that may be of several clips. */
  async #embedAlike(
    clips: readonly ClipFrames[],
    length: number,
    rest: Rest | undefined,
  ): Promise<void> {
    const width = this.#width, windowSize = length * width;
    let left = clips.reduce((sum, { starts }) => sum + starts.length, 0);
    // One batch's frames are written over the last one's: a video may have many thousands of windows.
    const batch = new Float32Array(Math.min(mostWindows, left) * windowSize);
    let rows: Float32Array[] = [];
    for (const { features, starts, embeddings } of clips) {
      for (const [i, start] of starts.entries()) {
        batch.set(
          features.subarray(start * width, start * width + windowSize),
          rows.length * windowSize,
        );
        rows.push(embeddings.subarray(i * width, (i + 1) * width));
        if (--left > 0 && rows.length < mostWindows) continue;
        const frames = batch.subarray(0, rows.length * windowSize);
        if (rest) centre(frames, rest);
        const embedded = await this.#plans.run([rows.length, length], { frames });
        for (const [place, row] of rows.entries()) {
          row.set(embedded.subarray(place * width, (place + 1) * width));
        }
        rows = [];
      }
    }
  }

  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}
