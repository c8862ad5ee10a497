/**
 * Loads a checkpoint once and prints, as JSON, how long it took and the most memory that the process
 * had: a process of its own, since the peak of an older one says nothing.
 *
 * @module
 */
import "../engine/deno_host.ts";
import process from "node:process";
import { openDevice } from "../engine/mod.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { Clip } from "../model/clip/clip.ts";
import { precisions } from "../model/clip/precision.ts";
import { coreSeconds } from "./measure.ts";

/** What loading took. */
export interface LoadCost {
  readonly seconds: number;
  readonly coreSeconds: number;
  /** Resident memory in bytes: at its peak, before the file was opened, and when the model is ready. */
  readonly peak: number;
  readonly before: number;
  readonly after: number;
  /** Bytes that the model takes on the device. */
  readonly device: number;
}

if (import.meta.main) {
  const [path = "", precision] = Deno.args;
  using device = await openDevice();
  const before = Deno.memoryUsage().rss;
  const start = performance.now(), cores = coreSeconds();
  using _clip = await Clip.load(device, await openTensors(path), {
    precision: precisions.find((one) => one === precision),
  });
  const cost: LoadCost = {
    seconds: (performance.now() - start) / 1000,
    coreSeconds: coreSeconds() - cores,
    peak: 1024 * process.resourceUsage().maxRSS,
    before,
    after: Deno.memoryUsage().rss,
    device: device.pool.bytesUsed,
  };
  console.log(JSON.stringify(cost));
  Deno.exit();
}
