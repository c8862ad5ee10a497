import type { Dataset, DatasetClip } from "../../data/dataset.ts";
import type { ContenderRun } from "./run_methods.ts";
import { layOut } from "./score_table.ts";

/** What a method took. Times are measurements of this machine at that moment, not results. */
export interface Cost {
  readonly name: string;
  /** The median over clips. */
  readonly millisecondsPerClip: number;
  /** Of the first clip, which includes compiling kernels. */
  readonly firstMilliseconds: number;
  /** The median over people of the time before their first clip. */
  readonly beginMilliseconds: number;
  /** Device memory held in addition to the models. */
  readonly bytes: number;
}

/** What each contender took, in the order of the table. */
export function costsOf(runs: readonly ContenderRun[]): Cost[] {
  return runs.map(({ entry, draws }) => {
    const people = draws.flat();
    return {
      name: entry.name,
      millisecondsPerClip: median(people.flatMap(({ milliseconds }) => milliseconds)),
      firstMilliseconds: people[0]?.milliseconds[0] ?? NaN,
      beginMilliseconds: median(people.map((person) => person.beginMilliseconds)),
      bytes: Math.max(0, ...people.map((person) => person.bytes)),
    };
  });
}

/** What encoding took, done once for all methods: the median of the clips for which it is known, or NaN. */
export async function encodingCost(dataset: Dataset, clips: readonly DatasetClip[]) {
  const times: number[] = [];
  for (const clip of clips) {
    const time = await dataset.encodingMilliseconds?.(clip);
    if (time !== undefined) times.push(time);
  }
  return { clips: times.length, millisecondsPerClip: median(times) };
}

/** The table as it is printed, with the peak of device memory and what is resident at the end. */
export function costTable(
  costs: readonly Cost[],
  encoding: Awaited<ReturnType<typeof encodingCost>>,
  { devicePeakBytes, residentBytes }: Record<"devicePeakBytes" | "residentBytes", number>,
): string {
  const number = (x: number) => Number.isFinite(x) ? x.toFixed(1) : "-";
  const share = (x: number) => number(100 * x / encoding.millisecondsPerClip);
  const rows = costs.map((cost) => [
    cost.name,
    number(cost.millisecondsPerClip),
    share(cost.millisecondsPerClip),
    number(cost.firstMilliseconds),
    number(cost.beginMilliseconds),
    mebibytes(cost.bytes),
  ]);
  const heading = ["", "ms a clip", "% of encoding", "first", "ms a person", "MiB"];
  return [
    `encoding a clip, once for all methods: ${number(encoding.millisecondsPerClip)} ms (median)`,
    ...layOut([heading, ...rows]),
    `memory: ${mebibytes(devicePeakBytes)} MiB of the device at most, models and all; ` +
    `${mebibytes(residentBytes)} MiB resident at the end`,
  ].join("\n");
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[half] ?? NaN
    : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}
