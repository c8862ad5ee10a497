import { untilInterrupted } from "../../app/terminal/interrupt.ts";
import type { MethodResult } from "./run_streams.ts";
import type { SeedAnswer, SeedRequest } from "./seed_worker.ts";

/** Runs a task in a worker, so that waiting for its device does not block others. */
export async function runInWorker(
  request: SeedRequest,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<MethodResult[][]> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./seed_worker.ts", import.meta.url), { type: "module" });
  try {
    const done = new Promise<MethodResult[][]>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<SeedAnswer>) => {
        if ("said" in data) say(data.said);
        else if ("results" in data) resolve(data.results);
        else reject(new Error(data.failed));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`Cannot test seed ${request.task.seed}: ${event.message}`));
      };
    });
    worker.postMessage(request);
    return await untilInterrupted(done, signal);
  } finally {
    worker.terminate();
  }
}
