import { buildPlan, type PlanOptions, recordApplications } from "./build_plan.ts";
import type { Device } from "./device.ts";
import type { Outputs, Plan } from "./plan.ts";
import type { Recorder } from "./recorder.ts";
import { chooseWays } from "./schedules/choose_ways.ts";

/**
 * Runs a model function once on a recorder and turns what it recorded into a plan: checks it against
 * the device's limits, compiles its kernels, and allocates its memory. Where the device measures by
 * itself (see `DeviceOptions`), kernels that it meets for the first time are measured before.
 *
 * @example
 * ```ts
 * import { add, openDevice, record } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => add(r, r.input("a", [2]), r.input("b", [2])));
 * plan.write("a", Float32Array.of(1, 2));
 * plan.write("b", Float32Array.of(10, 20));
 * plan.run();
 * assert.deepEqual([...await device.read(plan.outputs)], [11, 22]);
 * ```
 */
export async function record<T extends Outputs>(
  device: Device,
  model: (recorder: Recorder) => T,
  options: PlanOptions = {},
): Promise<Plan<T>> {
  device.check();
  const recording = recordApplications(model);
  const ways = await chooseWays(device, recording.recorder.applications);
  return await buildPlan(device, recording, options, (application) => ways.get(application));
}
