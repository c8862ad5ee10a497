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
import { coreSeconds } from "./measure.ts";

/** What loading took. */
export interface LoadCost {
  readonly seconds: number;
  readonly coreSeconds: number;
  /** Resident memory at its peak, in bytes, and before the file was opened. */
  readonly peak: number;
  readonly before: number;
}

if (import.meta.main) {
  const [path = ""] = Deno.args;
  using device = await openDevice();
  const before = Deno.memoryUsage().rss;
  const start = performance.now(), cores = coreSeconds();
  using _clip = await Clip.load(device, await openTensors(path));
  const cost: LoadCost = {
    seconds: (performance.now() - start) / 1000,
    coreSeconds: coreSeconds() - cores,
    peak: 1024 * process.resourceUsage().maxRSS,
    before,
  };
  console.log(JSON.stringify(cost));
  Deno.exit();
}
