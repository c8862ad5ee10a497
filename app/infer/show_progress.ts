import type { InferProgress } from "../../person/video_reader.ts";
import { countdown, type CountdownOutput } from "../terminal/countdown.ts";

/**
 * Shows how far reading a video has come, and how long it will take. Time counts from the first frame
 * and from the first step: the first ones of a batch come when all of it is done, and late.
 *
 * @param begin Where in the video reading begins, in seconds.
 * @param steps How many steps adapting takes.
 */
export function showProgress(
  begin: number,
  steps: number,
  output?: CountdownOutput,
): (progress: InferProgress) => void {
  let watched: ((done: number) => void) | undefined, adapted: typeof watched;
  return ({ stage, done, seconds, end }) => {
    if (stage === "adapting") {
      if (done === 1) adapted = countdown(steps, "steps of adapting", done, output);
      adapted?.(done);
    } else if (end !== undefined && end > begin) {
      const seen = tenths(Math.max(0.1, seconds - begin));
      watched ??= countdown(tenths(end - begin), "seconds of video seen", seen, output);
      watched(seen);
    }
  };
}

const tenths = (seconds: number) => Math.round(10 * seconds) / 10;
