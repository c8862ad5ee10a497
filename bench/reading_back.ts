import "../engine/deno_host.ts";
import { type Device, openDevice, type Plan, record, type Tensor } from "../engine/mod.ts";
import { scale } from "../kernels/mod.ts";

/**
 * What reading back costs, without Deno's wait and with it, in turns: the time of a tiny run and the
 * read of its result, and how many results were wrong.
 *
 * usage: deno run --allow-env bench/reading_back.ts [READS]
 */
async function main(reads: number): Promise<number> {
  using quick = await openDevice(), slow = await openDevice({ quickReads: false });
  console.log(`${quick.adapter.name}, Deno ${Deno.version.deno}, quick reads: ${quick.quickReads}`);
  using quickPlan = await tinyPlan(quick), slowPlan = await tinyPlan(slow);
  const times = { quick: [] as number[], slow: [] as number[] };
  let wrong = 0;
  for (let i = 0; i < reads; i++) {
    wrong += await timeRead(quick, quickPlan, i, times.quick);
    if (i % 20 === 0) wrong += await timeRead(slow, slowPlan, i, times.slow);
  }
  for (const [name, all] of Object.entries(times)) {
    const [, ...sorted] = all; // the first map of a buffer always waits
    sorted.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor(part * sorted.length)]?.toFixed(3);
    console.log(`${name}: ${all.length} reads, median ${at(0.5)} ms, 99 % in ${at(0.99)} ms`);
  }
  console.log(`${wrong} wrong`);
  return wrong > 0 ? 1 : 0;
}

function tinyPlan(device: Device): Promise<Plan<Tensor>> {
  return record(device, (r) => scale(r, r.input("x", [256]), 2));
}

async function timeRead(
  device: Device,
  plan: Plan<Tensor>,
  i: number,
  times: number[],
): Promise<number> {
  plan.write("x", new Float32Array(256).fill(i));
  const start = performance.now();
  plan.run();
  const y = await device.read(plan.outputs);
  times.push(performance.now() - start);
  return y.every((value) => value === 2 * i) ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Number(Deno.args[0] ?? 10_000));
