import type { Frame, OpenedVideo } from "./frame.ts";

/** A live video that never falls behind: whoever is slower than the camera gets the newest frame. */
export interface NewestFrames extends OpenedVideo {
  /** How many frames were passed over so far. */
  readonly passedOver: number;
  /** When a frame that was given came in, on the clock of `performance.now()`. */
  cameAt(frame: Pick<Frame, "seconds">): number;
}

/** Reads a live video as fast as it comes and keeps the newest frame alone. */
export function newestFrames(live: OpenedVideo): NewestFrames {
  let newest: Frame | undefined, ended = false, failure: unknown, passedOver = 0;
  let wake = () => {};
  const times = new Map<number, number>();
  const reading = async () => {
    try {
      for await (const frame of live) {
        if (newest !== undefined) {
          passedOver++;
          times.delete(newest.seconds);
        }
        newest = frame;
        times.set(frame.seconds, performance.now());
        wake();
      }
    } catch (error) {
      failure = error;
    }
    ended = true;
    wake();
  };
  return {
    seconds: live.seconds,
    get passedOver() {
      return passedOver;
    },
    cameAt({ seconds }) {
      const time = times.get(seconds) ?? NaN;
      times.delete(seconds);
      return time;
    },
    async *[Symbol.asyncIterator]() {
      void reading();
      while (true) {
        while (newest === undefined && !ended) {
          await new Promise<void>((resolve) => wake = resolve);
        }
        if (newest === undefined) {
          if (failure !== undefined) throw failure;
          return;
        }
        const frame = newest;
        newest = undefined;
        yield frame;
      }
    },
    [Symbol.asyncDispose]: () => live[Symbol.asyncDispose](),
  };
}
