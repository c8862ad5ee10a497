import type { Frame, OpenedVideo, SeenFrame, Watcher } from "../../web.ts";
import type { Pixels } from "./read_pixels.ts";

/**
 * Watches a person in frames that come one at a time: each is given in, and comes out with what was seen
 * in it before the next is taken.
 */
export class Watching {
  /** What was seen so far. */
  readonly frames: SeenFrame[];
  readonly #seen: AsyncGenerator<SeenFrame>;
  #give: ((frame: Frame | undefined) => void) | undefined;
  #given = Promise.withResolvers<Frame | undefined>();

  /** @param before What was seen before the device was lost. */
  constructor(watcher: Watcher, before: readonly SeenFrame[] = []) {
    this.frames = [...before];
    this.#give = this.#given.resolve;
    const source = (): OpenedVideo => ({
      seconds: Promise.resolve(undefined),
      [Symbol.asyncIterator]: () => this.#frames(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    this.#seen = watcher.watch(source, undefined, { batch: 1 });
  }

  /** Looks at the next frame. */
  async look({ width, height, data }: Pixels, seconds: number): Promise<SeenFrame> {
    const index = this.frames.length;
    this.#give?.({ index, seconds, width, height, data });
    const { value, done } = await this.#seen.next();
    if (done) throw new Error("Cannot look at a frame: watching has ended");
    // The index counts from the beginning, whatever was lost in between.
    const seen = { ...value as SeenFrame, index };
    this.frames.push(seen);
    return seen;
  }

  /** Takes no more frames. */
  async end(): Promise<void> {
    this.#give?.(undefined);
    await this.#seen.return(undefined);
  }

  async *#frames(): AsyncGenerator<Frame> {
    while (true) {
      const frame = await this.#given.promise;
      if (!frame) return;
      this.#given = Promise.withResolvers();
      this.#give = this.#given.resolve;
      yield frame;
    }
  }
}
