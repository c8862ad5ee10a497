import type { Cost } from "../engine/mod.ts";
import type { Ceilings } from "./ceilings.ts";
import type { DispatchCost } from "./dispatches.ts";
import type { Measurement } from "./measure.ts";
import type { ModelRow } from "./models.ts";

/** One measured kernel. */
export interface Row extends Measurement {
  readonly name: string;
  readonly cost: Cost;
}

/** What `bench --json` writes and `bench --compare` reads. */
export interface BenchReport {
  readonly schema: 1;
  readonly date: string;
  readonly adapter: string;
  /** The fingerprint of the schedule; not in reports that are older than schedules by measurement. */
  readonly schedule?: string;
  readonly ceilings: Ceilings;
  readonly dispatches: readonly DispatchCost[];
  readonly rows: readonly Row[];
  /** Not in reports that were written before there were models. */
  readonly models?: readonly ModelRow[];
}

const nameWidth = 58;
const columns = ["ms", "core-ms", "GFLOP/s", "GB/s", "ceiling"];

/** The table's first line. */
export function header(compared: boolean): string {
  const names = compared ? [...columns, "change"] : columns;
  return "kernel".padEnd(nameWidth) + names.map((name) => name.padStart(9)).join("");
}

/** One line of the table. */
export function formatRow(row: Row, ceilings: Ceilings, before?: BenchReport): string {
  const { seconds, coreSeconds, cost } = row;
  // The roofline: computing and moving go on side by side, so the slower one is the least time.
  const least = Math.max(cost.flops / ceilings.flops, cost.bytes / ceilings.bytes);
  const cells = [
    (1000 * seconds).toFixed(3),
    (1000 * coreSeconds).toFixed(3),
    (cost.flops / seconds / 1e9).toFixed(1),
    (cost.bytes / seconds / 1e9).toFixed(2),
    `${(100 * least / seconds).toFixed(0)} %`,
  ];
  if (before) {
    const old = before.rows.find(({ name }) => name === row.name);
    cells.push(old ? `${(seconds / old.seconds).toFixed(2)}x` : "new");
  }
  return row.name.padEnd(nameWidth) + cells.map((cell) => cell.padStart(9)).join("");
}

/** What many tiny dispatches cost, in a sentence. */
export function formatDispatches({ count, chained, replayed, submitted }: DispatchCost): string {
  const ms = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
  const share = (key: "wall" | "host") =>
    `${ms(replayed[key])}, ${(100 * replayed[key] / submitted[key]).toFixed(0)} % of ` +
    `${ms(submitted[key])} one by one`;
  return `${count} tiny dispatches, ${chained ? "each after the last" : "independent"}, in one ` +
    `plan: ${share("wall")}; on the host ${share("host")}`;
}
