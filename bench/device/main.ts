import { join } from "node:path";
import {
  deviceHelp,
  deviceOptions,
  openNamed,
  parseOptions,
  runCommand,
  UsageError,
  userPath,
} from "../../app/terminal/terminal.ts";
import { type Device, type Plan, record } from "../../engine/mod.ts";
import { add } from "../../kernels/mod.ts";
import { clipName, clipPresets } from "../../model/clip/config.ts";
import { measureCeilings } from "../ceilings.ts";
import { effortOf, quickEffort, quickHelp, quickOption } from "../effort.ts";
import { measureImages, measurePrompts, measureTuning, type ModelRow } from "../models.ts";
import { checkKernels } from "./check_kernels.ts";
import { measureKernels } from "./measure_kernels.ts";
import { packArchive } from "./pack.ts";
import { type DeviceReport, formatDevice } from "./report.ts";
import { timePlan } from "./time_plan.ts";
import { WarmUp } from "./warm_up.ts";

const help =
  `Measures all of a device: its ceilings, every kernel against float64 and against the clock, and
the models. Leaves device-bench.json and device-bench.md.

usage: ./autt bench:device [options]
  --out FOLDER      where to leave them (by default, where you are)
  --seconds N       what takes longer is left out (by default 330)
  --pack FILE       measure nothing: write an archive with Deno in it, for a bare Linux machine:
                    \`tar xf FILE && sh device-bench/run.sh\`
${quickHelp}
${deviceHelp}

AUTT_TUNE=1 lets the device choose its kernels by measurement as it meets them.`;

/** What is measured of the models: sizes, images at once. */
const fullModels = {
  configs: [clipPresets["ViT-B/32"], clipPresets["ViT-B/16"], clipPresets["ViT-L/14"]],
  counts: [1, 16, 128],
} as const;
const quickModels = { configs: [quickEffort.model], counts: [1, 3] } as const;

/** The `bench:device` command. */
async function benchDevice(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...deviceOptions,
    ...quickOption,
    out: { type: "string", default: "." },
    seconds: { type: "string", default: "330" },
    pack: { type: "string" },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const seconds = Number(values.seconds);
  if (positionals.length > 0 || !(seconds > 0)) {
    throw new UsageError(
      `Cannot measure "${positionals[0] ?? values.seconds}": give seconds, and no further words`,
    );
  }
  if (values.pack !== undefined) {
    const bytes = await packArchive(userPath(values.pack));
    console.log(`${values.pack}: ${(bytes / 2 ** 20).toFixed(1)} MiB`);
    return 0;
  }
  const { roundSeconds } = effortOf(values), quick = values.quick;
  const begin = performance.now();
  const left = () => seconds - (performance.now() - begin) / 1000;
  using device = await openNamed(values);
  const opening = (performance.now() - begin) / 1000;
  const folder = userPath(values.out);
  await Deno.mkdir(folder, { recursive: true });

  say("checking the kernels' cases");
  const cases = await checkKernels(
    Math.min(60, left() / 3),
    quick ? ["add", "softmax"] : undefined,
  );
  say("measuring the ceilings");
  using warmUp = await WarmUp.open(device);
  const time = (plan: Plan) => timePlan(device, warmUp, plan, roundSeconds / 5);
  const ceilings = await measureCeilings(device, roundSeconds, time);
  let report: DeviceReport = {
    schema: 1,
    date: new Date().toISOString(),
    adapter: device.adapter,
    schedule: device.schedule.fingerprint,
    features: [...device.gpu.features],
    limits: device.limits,
    clock: await readClock(warmUp),
    opening,
    reading: await measureReading(device),
    cases,
    ceilings,
    kernels: [],
    models: [],
    leftOut: [],
  };
  const keep = async (more: Partial<DeviceReport>) => {
    report = { ...report, schedule: device.schedule.fingerprint, ...more };
    await Deno.writeTextFile(
      join(folder, "device-bench.json"),
      JSON.stringify(report, null, 2) + "\n",
    );
    await Deno.writeTextFile(join(folder, "device-bench.md"), formatDevice(report));
  };
  const kernelEffort = quick
    ? { passSeconds: 1e-4, squares: [64], only: ["softmax"] }
    : { passSeconds: 2e-3, squares: [1024, 2048, 4096] };
  const until = left() / 2;
  for await (const row of measureKernels(device, warmUp, kernelEffort, () => left() > until)) {
    say(`${row.name}: ${(1e6 * row.seconds).toFixed(1)} µs`);
    await keep({ kernels: [...report.kernels, row] });
  }
  if (left() <= until) await keep({ leftOut: [...report.leftOut, "kernels"] });

  const { configs, counts } = quick ? quickModels : fullModels, [first] = configs;
  const stages: (readonly [string, () => AsyncIterable<ModelRow>])[] = [
    [`${clipName(first)}, images`, () => measureImages(device, first, counts, roundSeconds)],
    ["prompts", () => once(measurePrompts(device, first, roundSeconds))],
    ["tuning", () => measureTuning(device, first, roundSeconds)],
    [
      `${clipName(first)}, f16 weights`,
      () => measureImages(device, first, counts.slice(1), roundSeconds, "f16"),
    ],
    ...configs.slice(1).map((config) =>
      [
        `${clipName(config)}, images`,
        () => measureImages(device, config, counts, roundSeconds),
      ] as const
    ),
  ];
  for (const [name, rows] of stages) {
    if (left() < 15) {
      await keep({ leftOut: [...report.leftOut, name] });
      continue;
    }
    for await (const row of rows()) {
      say(`${row.name}: ${(1000 * row.seconds).toFixed(2)} ms`);
      await keep({ models: [...report.models, row] });
    }
  }
  console.log(formatDevice(report));
  return cases.failures.length > 0 ? 1 : 0;
}

/** What NVIDIA's tool says of the clocks of a busy device; nothing where there is no such tool. */
async function readClock(warmUp: WarmUp): Promise<string | undefined> {
  const leave = Deno.permissions.querySync({ name: "run", command: "nvidia-smi" });
  if (leave.state !== "granted") return undefined;
  warmUp.run();
  const query = "--query-gpu=name,driver_version,clocks.sm,clocks.max.sm,clocks.mem,power.draw";
  const tool = new Deno.Command("nvidia-smi", { args: [query, "--format=csv,noheader"] });
  try {
    return new TextDecoder().decode((await tool.output()).stdout).trim();
  } catch {
    return undefined;
  }
}

function say(text: string): void {
  console.error(text);
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

/** Seconds of reading back what a tiny plan has computed: the median of many. */
async function measureReading(device: Device): Promise<number> {
  using plan = await record(device, (r) => add(r, r.input("x", [1]), r.input("y", [1])));
  plan.write("x", new Float32Array(1));
  plan.write("y", new Float32Array(1));
  const times: number[] = [];
  for (let i = 0; i < 21; i++) {
    plan.run();
    const start = performance.now();
    await device.read(plan.outputs);
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[10] as number;
}

if (import.meta.main) await runCommand(benchDevice, Deno.args);
