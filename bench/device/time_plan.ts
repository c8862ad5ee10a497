import type { Device, Plan } from "../../engine/mod.ts";
import { type BoundStep, encodeCopies, encodeDispatch } from "../../engine/encode.ts";
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
    warmUp.run();
    return (await measure(device, () => plan.run(), passSeconds)).seconds;
  }
  plan.run(); // compiles what the driver left for the first run
  warmUp.run();
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

/** A step that a pass runs several times. */
interface TimedPass {
  readonly step: BoundStep;
  readonly runs: number;
}

/** Seconds of one run in each pass, round by round. */
async function timePasses(
  device: Device,
  passes: readonly TimedPass[],
  rounds: number,
): Promise<number[][]> {
  const { gpu } = device, count = 2 * passes.length * rounds, size = 8 * count;
  const { COPY_DST, COPY_SRC, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
  const querySet = gpu.createQuerySet({ label: "bench", type: "timestamp", count });
  const resolved = gpu.createBuffer({ label: "bench", size, usage: QUERY_RESOLVE | COPY_SRC });
  const back = gpu.createBuffer({ label: "bench", size, usage: MAP_READ | COPY_DST });
  try {
    // A timestamp that was never written would be waited for without end: so nothing is read before
    // it is known that the device took the passes.
    await device.attempt(() => {
      for (let i = 0; i < passes.length * rounds; i++) {
        const { step, runs } = passes[i % passes.length] as TimedPass;
        const encoder = gpu.createCommandEncoder({ label: "bench" });
        encodeCopies(encoder, step);
        const pass = encoder.beginComputePass({
          label: step.label,
          timestampWrites: {
            querySet,
            beginningOfPassWriteIndex: 2 * i,
            endOfPassWriteIndex: 2 * i + 1,
          },
        });
        for (let run = 0; run < runs; run++) encodeDispatch(pass, step);
        pass.end();
        gpu.queue.submit([encoder.finish()]);
      }
    });
    const encoder = gpu.createCommandEncoder({ label: "bench" });
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, back, 0, size);
    gpu.queue.submit([encoder.finish()]);
    await device.answer(() => back.mapAsync(GPUMapMode.READ));
    const times = new BigUint64Array(back.getMappedRange().slice(0));
    return Array.from({ length: rounds }, (_, round) =>
      passes.map(({ runs }, i) => {
        const at = 2 * (round * passes.length + i);
        return Number((times[at + 1] ?? 0n) - (times[at] ?? 0n)) / 1e9 / runs;
      }));
  } finally {
    querySet.destroy();
    resolved.destroy();
    back.destroy();
  }
}
