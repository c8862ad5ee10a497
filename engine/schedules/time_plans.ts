import type { Device } from "../device.ts";
import type { Plan } from "../plan.ts";
import { timePasses } from "../time_passes.ts";

/** Rounds in which all plans take turns. */
const rounds = 9;

/** What a pass of one step lasts at least, if `mostRuns` allow; on the host's clock, a batch. */
const passSeconds = { software: 1e-3, gpu: 1e-3, host: 0.1 } as const;

/** The most runs of a step in a pass. */
const mostRuns = 200;

/** How long a GPU works before it is timed: one that idled runs at a fifth of its clock. */
const warmSeconds = 0.2;

/** The most runs of a plan for that: small ones would take the host longer than the device. */
const mostWarmRuns = 3000;

/**
 * Seconds of one run of each plan, round by round: `[round][plan]`. The plans compute the same and take
 * turns, so that what else happens on the machine meets all of them. Copies into textures, which all
 * need, are not counted; without timestamps they are.
 */
export async function timePlans(device: Device, plans: readonly Plan[]): Promise<number[][]> {
  const { timestamps } = device.adapter;
  return await (timestamps ? byTimestamps : byHostClock)(device, plans);
}

async function byTimestamps(device: Device, plans: readonly Plan[]): Promise<number[][]> {
  const { software } = device.adapter;
  const steps = plans.flatMap((plan, owner) => plan.steps.map((step) => ({ step, owner })));
  const [first = []] = await timePasses(device, steps.map(({ step }) => ({ step, runs: 1 })), 1);
  const least = passSeconds[software ? "software" : "gpu"];
  const passes = steps.map(({ step }, i) => {
    const runs = Math.ceil(least / Math.max(first[i] ?? 0, 1e-7));
    return { step, runs: Math.min(mostRuns, Math.max(1, runs)) };
  });
  const [usual] = plans;
  if (!software && usual) {
    const seconds = steps.reduce(
      (sum, { owner }, i) => owner === 0 ? sum + (first[i] ?? 0) : sum,
      0,
    );
    const runs = Math.min(mostWarmRuns, Math.ceil(warmSeconds / Math.max(seconds, 1e-7)));
    for (let i = 0; i < runs; i++) usual.run();
  }
  const times = await timePasses(device, passes, rounds);
  return times.map((round) =>
    plans.map((_, plan) =>
      round.reduce((sum, seconds, i) => steps[i]?.owner === plan ? sum + seconds : sum, 0)
    )
  );
}

/** The least time of each plan. */
export function leastOf(times: readonly (readonly number[])[]): number[] {
  return (times[0] ?? []).map((_, plan) => Math.min(...times.map((round) => round[plan] ?? NaN)));
}

async function byHostClock(device: Device, plans: readonly Plan[]): Promise<number[][]> {
  const batch = async (plan: Plan, runs: number) => {
    await device.settled();
    const start = performance.now();
    for (let i = 0; i < runs; i++) plan.run();
    await device.settled();
    return (performance.now() - start) / 1000 / runs;
  };
  const [usual] = plans as [Plan];
  await batch(usual, 1); // compiles what the driver left for the first run
  let runs = 1;
  while (runs < mostRuns && await batch(usual, runs) * runs < passSeconds.host) runs *= 2;
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const row: number[] = [];
    for (const plan of plans) row.push(await batch(plan, runs));
    times.push(row);
  }
  return times;
}
