import { type Device, type Plan, PlanCache, record, type Tensor } from "../engine/mod.ts";
import { embedClips } from "../model/clip_au/head.ts";
import { framesOf } from "../model/clip_au/clip_au.ts";
import type { HeadWeights } from "../model/clip_au/head_weights.ts";
import { windowStarts } from "./windows.ts";

/** The windows of a clip, embedded: they stay the same however often prompts are tuned. */
export interface ClipWindows {
  /** `[W, d]`, at unit length. */
  readonly embeddings: Float32Array<ArrayBuffer>;
  /** The first frame of each. */
  readonly starts: readonly number[];
  /** How many frames each has. */
  readonly length: number;
}

/** Windows that go through the temporal module at once. */
const mostWindows = 64;

/** Embeds the windows of clips with the head's temporal module, zeros at each window's own ends. */
export class WindowEmbedder implements Disposable {
  readonly #device: Device;
  readonly #head: HeadWeights;
  readonly #width: number;
  readonly #plans = new PlanCache<Plan<Tensor>>();

  /** @param width Of the features of a frame. */
  constructor(device: Device, head: HeadWeights, width: number) {
    this.#device = device;
    this.#head = head;
    this.#width = width;
  }

  /** The windows of a clip's features `[T, d]`, of `window` frames each or all that there are. */
  async embed(features: Float32Array, window = Infinity): Promise<ClipWindows> {
    const width = this.#width, frames = framesOf(features, width);
    const starts = windowStarts(frames, window), length = Math.min(frames, window);
    const embeddings = new Float32Array(starts.length * width);
    for (let first = 0; first < starts.length; first += mostWindows) {
      const some = starts.slice(first, first + mostWindows);
      const x = new Float32Array(some.length * length * width);
      for (const [i, start] of some.entries()) {
        x.set(features.subarray(start * width, (start + length) * width), i * length * width);
      }
      const embedded = await this.#plans.use(
        `${some.length}x${length}`,
        () =>
          record(
            this.#device,
            (r) => embedClips(r, this.#head, r.input("frames", [some.length, length, width])),
          ),
        (plan) => {
          plan.write("frames", x);
          plan.run();
          return this.#device.read(plan.outputs);
        },
      );
      embeddings.set(embedded, first * width);
    }
    return { embeddings, starts, length };
  }

  [Symbol.dispose](): void {
    this.#plans[Symbol.dispose]();
  }
}
