import type { InferProgress } from "../../person/video_reader.ts";
import { countdown, type CountdownOutput } from "../terminal/status_line.ts";

/**
 * Shows the progress of reading a video, with the time left. It is estimated from the first frame or step
 * onwards: what comes before, such as compiling kernels, says nothing about the rest.
 *
 * @param begin Time at which reading begins, in seconds.
 * @param steps Number of adaptation steps.
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
