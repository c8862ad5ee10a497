import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
} from "../app/terminal/terminal.ts";
import { ScheduleFiles } from "../app/tune/schedule_files.ts";
import { buildPlan, recordApplications } from "../engine/build_plan.ts";
import {
  type Device,
  type MeasuredWay,
  type Plan,
  record,
  Rng,
  usualWay,
  Weights,
} from "../engine/mod.ts";
import { leastOf, timePlans } from "../engine/schedules/time_plans.ts";
import { matmul, packMatrix } from "../kernels/mod.ts";
import { effortOf, quickHelp, quickOption } from "./effort.ts";
import { coreSeconds } from "./measure.ts";

const help = `Lets the device choose its kernels by measurement, then times what it chose beside the
fixed choice, by turns; and how long reading a full file of choices takes.

usage: ./autt bench:schedule [options]
${quickHelp}
${deviceHelp}

Columns: ms of one run by the fixed choice and by the chosen way (core-ms of this process without a
GPU, the device's own clock on one), the least of 21 rounds in which they take turns.`;

/** A product, and what is added to it. */
interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly residual?: boolean;
}

/** Those of ViT-B/32 on a frame and on 16, of 46 prompts, and of a step of tuning. */
const products: readonly Product[] = [
  { m: 50, k: 768, n: 2304 },
  { m: 50, k: 3072, n: 768, residual: true },
  { m: 800, k: 768, n: 2304 },
  { m: 800, k: 768, n: 768, residual: true },
  { m: 800, k: 768, n: 3072 },
  { m: 800, k: 3072, n: 768, residual: true },
  { m: 372, k: 512, n: 2048 },
  { m: 484, k: 512, n: 1536 },
];

/** Large enough to be measured. */
const quickProducts: readonly Product[] = [{ m: 40, k: 512, n: 512 }];

/** The `bench:schedule` command. */
async function benchSchedule(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { ...deviceOptions, ...quickOption }, help);
  if (positionals.length > 0) {
    throw new UsageError(`Cannot compare "${positionals[0]}": the products are fixed`);
  }
  effortOf(values);
  // Nothing is known, and nothing is kept.
  const schedules = { load: () => Promise.resolve(new Map()), save: () => Promise.resolve() };
  using device = await openNamed(values, { schedules, tune: true });
  console.log("| M x K x N | fixed | chosen | way | gain |\n| --- | ---: | ---: | --- | ---: |");
  for (const product of values.quick ? quickProducts : products) {
    console.log(await compare(device, product, values.quick ? 2 : 21));
  }
  console.log(`\nschedule ${device.schedule.fingerprint}`);
  console.log(await timeOpening(values.quick ? 2 : 100));
  return 0;
}

/** Lets a product be measured, then times both ways anew. */
async function compare(
  device: Device,
  { m, k, n, residual = false }: Product,
  rounds: number,
): Promise<string> {
  using weights = new Weights(device);
  const rng = new Rng(1),
    numbers = (length: number) => Float32Array.from({ length }, () => rng.normal());
  const w = await packMatrix(weights, "w", [k, n], numbers(k * n));
  const model = (r: Parameters<Parameters<typeof record>[1]>[0]) =>
    matmul(r, r.input("x", [m, k]), w, {
      bias: r.input("bias", [n]),
      residual: residual ? r.input("residual", [m, n]) : undefined,
    });
  using chosen = await record(device, model);
  const label = chosen.steps[0]?.label ?? "", measured = device.schedule.ways.get(label);
  const way = measured?.way === usualWay ? undefined : measured?.way;
  using fixed = await buildPlan(device, recordApplications(model), {}, () => undefined);
  using other = await buildPlan(device, recordApplications(model), {}, () => way);
  for (const plan of [fixed, other]) {
    for (const [name, { shape }] of plan.inputs) {
      plan.write(name, numbers(shape.reduce((a, b) => a * b, 1)));
    }
  }
  const seconds = device.adapter.software
    ? await byTurns(device, [fixed, other], rounds)
    : leastOf(await timePlans(device, [fixed, other]));
  const [before = NaN, after = NaN] = seconds.map((seconds) => 1000 * seconds);
  return `| ${label.replace(/^matmul\[(.*)\]$/, "$1")} | ${before.toFixed(3)} | ${
    after.toFixed(3)
  } | ` +
    `${way ?? "as fixed"} | ${(before / after).toFixed(3)} |`;
}

/** Core-seconds of each plan, the least of rounds in which they take turns. */
async function byTurns(
  device: Device,
  plans: readonly Plan[],
  rounds: number,
): Promise<number[]> {
  const best = plans.map(() => Infinity);
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, since the second finds the caches warm.
    const order = [...plans.entries()];
    for (const [i, plan] of round % 2 === 0 ? order : order.reverse()) {
      await device.settled();
      const start = coreSeconds();
      plan.run();
      plan.run();
      await device.settled();
      best[i] = Math.min(best[i] as number, (coreSeconds() - start) / 2);
    }
  }
  return best;
}

/** What opening a device with a full file costs beside opening it without: reading and checking it. */
async function timeOpening(times: number): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "autt-schedules-" });
  try {
    const files = new ScheduleFiles(folder, (sentence) => console.error(sentence)), rows = 500;
    const way: MeasuredWay = { way: "64x128/12", seconds: 1.25e-4, usualSeconds: 1.5e-4 };
    const name = (i: number) => `matmul[M=${i},K=768,N=3072,w=tile,bias,quick_gelu]`;
    await files.save("an adapter", new Map(Array.from({ length: rows }, (_, i) => [name(i), way])));
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      const { size } = await files.load("an adapter");
      if (size !== rows) throw new Error(`Cannot time opening: ${size} of ${rows} rows came back`);
      taken.push(performance.now() - start);
    }
    taken.sort((a, b) => a - b);
    const at = (share: number) => (taken[Math.floor(share * (times - 1))] ?? NaN).toFixed(2);
    return `reading ${rows} choices takes ${at(0.5)} ms (median), ${at(0.99)} ms (99th percentile)`;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await runCommand(benchSchedule, Deno.args);
