import type { Frame } from "../../web.ts";

/**
 * Frames that come one at a time, as an iterator that waits for the next. It is no generator: the return of
 * one would wait for the frame that never comes.
 */
export class FrameQueue implements AsyncIterableIterator<Frame> {
  readonly #frames: Frame[] = [];
  #ended = false;
  #waiting: ((result: IteratorResult<Frame>) => void) | undefined;

  /** Adds a frame. */
  give(frame: Frame): void {
    if (this.#waiting) this.#answer({ done: false, value: frame });
    else this.#frames.push(frame);
  }

  next(): Promise<IteratorResult<Frame>> {
    const frame = this.#frames.shift();
    if (frame) return Promise.resolve({ done: false, value: frame });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting = resolve);
  }

  /** Ends it, whoever waits. */
  return(): Promise<IteratorResult<Frame>> {
    this.#ended = true;
    this.#answer({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #answer(result: IteratorResult<Frame>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(result);
  }
}
