import type { Device } from "./device.ts";
import type { Cost } from "./op.ts";
import type { Plan } from "./plan.ts";
import { timePasses } from "./time_passes.ts";

/** What one step of a plan took. */
export interface TraceRow {
  /** As errors and traces name it. */
  readonly label: string;
  /** The file of the kernel's WGSL. */
  readonly shader: string;
  /** What it took. */
  readonly seconds: number;
  /** What it computes and moves at least. */
  readonly cost: Cost;
}

/** Timestamps that one query set may hold (WebGPU's limit is 4096), two a step. */
const stepsPerSet = 2048;

/**
 * Runs a plan once with a timestamp before and after every step. Each step gets a pass of its own,
 * so the sum is a little more than what `plan.run()` takes; copies into textures are not counted.
 *
 * @example
 * ```ts
 * import { openDevice, record, softmax, trace } from "@autt/autt";
 * import assert from "node:assert/strict";
 * using device = await openDevice();
 * using plan = await record(device, (r) => softmax(r, r.input("x", [3, 5])));
 * if (device.adapter.timestamps) {
 *   const [row] = await trace(device, plan);
 *   assert.equal(row?.label, "softmax[rows=3,D=5]");
 * }
 * ```
 */
export async function trace(device: Device, plan: Plan): Promise<TraceRow[]> {
  if (!device.adapter.timestamps) {
    throw new TypeError(
      `Cannot trace: the adapter ${device.adapter.name} has no timestamps (timestamp-query)`,
    );
  }
  plan.checkUsable("trace");
  device.check();
  const rows: TraceRow[] = [];
  for (let from = 0; from < plan.steps.length; from += stepsPerSet) {
    const steps = plan.steps.slice(from, from + stepsPerSet);
    const [times = []] = await timePasses(device, steps.map((step) => ({ step, runs: 1 })), 1);
    for (const [i, { label, program, cost }] of steps.entries()) {
      rows.push({ label, shader: program.name, seconds: times[i] ?? NaN, cost });
    }
  }
  return rows;
}
