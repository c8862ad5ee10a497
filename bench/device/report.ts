import type { AdapterFacts } from "../../engine/mod.ts";
import type { Ceilings } from "../ceilings.ts";
import type { ModelRow } from "../models.ts";
import type { CheckedCases } from "./check_kernels.ts";
import type { KernelRow } from "./measure_kernels.ts";

/** What is known of a device: what it says, and what it reached. */
export interface DeviceReport {
  readonly schema: 1;
  readonly date: string;
  readonly adapter: AdapterFacts;
  /** The fingerprint of the schedule. */
  readonly schedule: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Name, driver, clock, highest clock, memory's clock and power at work, by NVIDIA's tool. */
  readonly clock: string | undefined;
  /** Seconds of opening the device, probe and all. */
  readonly opening: number;
  /** Seconds of reading four bytes back: the median. */
  readonly reading: number;
  readonly cases: CheckedCases;
  readonly ceilings: Ceilings;
  readonly kernels: readonly KernelRow[];
  readonly models: readonly ModelRow[];
  /** What no time was left for. */
  readonly leftOut: readonly string[];
}

/** Stages of a model that are shown. */
const stagesShown = 8;

/** The report as a page of Markdown. */
export function formatDevice(report: DeviceReport): string {
  const { adapter, ceilings, cases, kernels, models, leftOut } = report;
  return [
    `# ${adapter.name}, ${report.date.slice(0, 10)}`,
    "",
    `${(ceilings.flops / 1e12).toFixed(3)} TFLOP/s in registers, ` +
    `${(ceilings.bytes / 1e9).toFixed(1)} GB/s copied; opened in ` +
    `${ms(report.opening)}, four bytes read back in ${
      ms(report.reading)
    }. Shares are of what these ` +
    `ceilings allow. ${
      adapter.timestamps ? "Kernels by timestamps" : "No timestamps: wall time"
    }, ` +
    `models by wall clock with several runs in flight. Schedule: ${report.schedule}.`,
    ...(report.clock ? ["", `At work: ${report.clock}.`] : []),
    "",
    `Kernel cases: ${cases.passed} passed, ${cases.failures.length} failed` +
    `${cases.left > 0 ? `, ${cases.left} left for want of time` : ""}.`,
    ...cases.failures.map(({ name, reason }) => `- ${name}: ${reason.replace(`${name}: `, "")}`),
    "",
    ...table(
      ["kernel", "µs", "GFLOP/s", "GB/s", "share"],
      kernels.map((row) => kernelCells(row, ceilings)),
    ),
    "",
    ...table(
      ["model", "ms", "a second", "TFLOP/s", "share"],
      models.map((row) => modelCells(row, ceilings)),
    ),
    ...models.flatMap((row) => stagesOf(row)),
    ...(leftOut.length > 0 ? ["", `Left for want of time: ${leftOut.join(", ")}.`] : []),
    "",
  ].join("\n");
}

const ms = (seconds: number) => `${(1000 * seconds).toFixed(2)} ms`;

function kernelCells({ name, seconds, cost }: KernelRow, ceilings: Ceilings): string[] {
  const least = Math.max(cost.flops / ceilings.flops, cost.bytes / ceilings.bytes);
  return [
    name,
    (1e6 * seconds).toFixed(1),
    (cost.flops / seconds / 1e9).toFixed(1),
    (cost.bytes / seconds / 1e9).toFixed(1),
    percent(least / seconds),
  ];
}

function modelCells({ name, count, seconds, flops }: ModelRow, ceilings: Ceilings): string[] {
  return [
    name,
    (1000 * seconds).toFixed(2),
    (count / seconds).toFixed(1),
    (flops / seconds / 1e12).toFixed(3),
    percent(flops / seconds / ceilings.flops),
  ];
}

/** Where a model's time goes: each step in a pass of its own, so that their sum is a little more. */
function stagesOf({ name, stages }: ModelRow): string[] {
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0) return [];
  return ["", `${name}, ${ms(total)} step by step:`, ""].concat(
    table(
      ["stage", "steps", "ms", "of it"],
      stages.slice(0, stagesShown).map(({ name, steps, seconds }) => [
        name,
        String(steps),
        (1000 * seconds).toFixed(3),
        percent(seconds / total),
      ]),
    ),
  );
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => i === 0 ? "---" : "---:")), ...rows.map(line)];
}
