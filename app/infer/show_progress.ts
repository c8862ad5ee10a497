import type { InferProgress } from "../../person/video_reader.ts";
import { countdown } from "../terminal/countdown.ts";

/**
 * Shows how far reading a video has come, and how long it will take.
 *
 * @param begin Where in the video reading begins, in seconds.
 * @param steps How many steps adapting takes.
 */
export function showProgress(begin: number, steps: number): (progress: InferProgress) => void {
  let watched: ((done: number) => void) | undefined, adapted: typeof watched;
  return ({ stage, done, seconds, end }) => {
    if (stage === "adapting") {
      if (done === 1) adapted = countdown(steps, "steps of adapting");
      adapted?.(done);
    } else if (end !== undefined && end > begin) {
      watched ??= countdown(tenths(end - begin), "seconds of video seen");
      watched(tenths(Math.max(0.1, seconds - begin)));
    }
  };
}

const tenths = (seconds: number) => Math.round(10 * seconds) / 10;
