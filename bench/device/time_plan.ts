import type { Device, Plan } from "../../engine/mod.ts";
import { timePasses } from "../../engine/time_passes.ts";
import { measure } from "../measure.ts";
import type { WarmUp } from "./warm_up.ts";

/** Rounds of all passes behind one warm-up, and how many of these there are at most. */
const rounds = 3, attempts = 3;

/** Two timings this close to each other are believed. */
const agreement = 1.03;

/** The most runs of a step in a pass. */
const mostRuns = 200;

/**
 * Seconds of one run of a plan by the device's own clock: the sum over its steps, each of which is
 * run many times in one pass, behind a warm-up. Copies into textures are not counted. Where the device
 * has no timestamps, it is wall time.
 */
export async function timePlan(
  device: Device,
  warmUp: WarmUp,
  plan: Plan,
  passSeconds: number,
): Promise<number> {
  if (!device.adapter.timestamps) {
    warmUp.wake();
    return (await measure(device, () => plan.run(), passSeconds)).seconds;
  }
  plan.run(); // compiles what the driver left for the first run
  warmUp.wake();
  const [first = []] = await timePasses(device, plan.steps.map((step) => ({ step, runs: 1 })), 1);
  const passes = plan.steps.map((step, i) => {
    const runs = Math.ceil(passSeconds / Math.max(first[i] ?? 0, 1e-7));
    return { step, runs: Math.min(mostRuns, Math.max(1, runs)) };
  });
  const totals: number[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    warmUp.run();
    const times = await timePasses(device, passes, rounds);
    totals.push(...times.map((round) => round.reduce((sum, seconds) => sum + seconds, 0)));
    totals.sort((a, b) => a - b);
    const [best = 0, next = Infinity] = totals;
    if (next <= agreement * best) break;
  }
  return totals[0] as number;
}
