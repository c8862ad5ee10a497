/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import "../../engine/deno_host.ts";
import { openDevice, parseAdapterChoice } from "../../engine/mod.ts";
import { loadClip } from "../../model/clip/load_clip.ts";
import { demoModel } from "../../demo/model.ts";
import { runSeed, type RunTools } from "./run_seed.ts";
import type { MethodResult, SeedTask } from "./run_streams.ts";

/** A request to a worker: a task whose people are drawn already. */
export interface SeedRequest extends Pick<RunTools, "folder" | "size"> {
  readonly task: SeedTask;
  /** As the user named it, if they did. */
  readonly adapter: string | undefined;
}

/** Its messages: progress, and at the end the results or the reason why there are none. */
export type SeedAnswer =
  | { readonly said: string }
  | { readonly results: MethodResult[][] }
  | { readonly failed: string };

const answer = (message: SeedAnswer) => self.postMessage(message);

/** Runs a task on a device of its own. */
self.onmessage = async ({ data }: MessageEvent<SeedRequest>) => {
  const { task, adapter, folder, size } = data, say = (said: string) => answer({ said });
  try {
    const choice = adapter === undefined ? {} : { adapter: parseAdapterChoice(adapter) };
    using device = await openDevice(choice);
    using clip = await loadClip(device, demoModel, { tunable: true });
    using mirrored = await loadClip(device, demoModel, { mirrored: true });
    answer({ results: await runSeed({ device, clip, mirrored, folder, size, say }, task) });
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) });
  }
};
