import type { OpenedVideo, SeenFrame, Watcher } from "../../web.ts";
import { FrameQueue } from "./frame_queue.ts";
import type { Pixels } from "./read_pixels.ts";

/**
 * Watches a person in frames that come one at a time: each is given in, and comes out with what was seen
 * in it before the next is taken.
 */
export class Watching {
  /** What was seen so far. */
  readonly frames: SeenFrame[];
  readonly #queue = new FrameQueue();
  readonly #seen: AsyncGenerator<SeenFrame>;

  /** @param before What was seen before the device was lost. */
  constructor(watcher: Watcher, before: readonly SeenFrame[] = []) {
    this.frames = [...before];
    const source = (): OpenedVideo => ({
      seconds: Promise.resolve(undefined),
      [Symbol.asyncIterator]: () => this.#queue,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    this.#seen = watcher.watch(source, undefined, { batch: 1, live: true });
  }

  /** Looks at the next frame. */
  async look({ width, height, data }: Pixels, seconds: number): Promise<SeenFrame> {
    const index = this.frames.length;
    this.#queue.give({ index, seconds, width, height, data });
    const { value, done } = await this.#seen.next();
    if (done) throw new Error("Cannot look at a frame: watching has ended");
    const seen: SeenFrame = value;
    this.frames.push(seen);
    return seen;
  }

  /** Takes no more frames. */
  async end(): Promise<void> {
    await this.#queue.return();
    await this.#seen.return(undefined);
  }
}
