/**
 * `./autt bench:against REF`: this checkout's kernels and models beside those of another commit,
 * measured alternately, since timings of different moments on a shared machine say nothing.
 *
 * @module
 */
import { join } from "node:path";
import { parseOptions, runCommand, UsageError } from "../app/terminal/terminal.ts";
import { openDevice } from "../engine/mod.ts";
import { effortOf, parseRounds, quickHelp, quickOption } from "./effort.ts";
import type { BenchReport } from "./report.ts";

const help =
  `Measures this checkout and another commit alternately, and prints the ratio of the best times.

usage: ./autt bench:against REF [options]
  REF               a commit, a branch or a tag of this repository
  --filter TEXT     only kernels whose printed name holds TEXT; no models
  --rounds N        measurements of each side (default 5)
  --slower PERCENT  exit with 1 if anything is slower by more than this
${quickHelp}
  -h, --help        this text

Times are core-seconds (processor time over all threads) on a software adapter, seconds on a GPU.`;

/** The best time of everything that was measured, by its name. */
export type Times = ReadonlyMap<string, number>;

/** Keeps the smaller time of each name. */
export function bestOf(before: Times, report: BenchReport, software: boolean): Times {
  const best = new Map(before);
  for (const { name, seconds, coreSeconds } of [...report.rows, ...report.models ?? []]) {
    best.set(name, Math.min(best.get(name) ?? Infinity, software ? coreSeconds : seconds));
  }
  return best;
}

/** The lines of the table, and the largest ratio in it. */
export function compareTimes(before: Times, after: Times): { lines: string[]; worst: number } {
  const lines = [`${"ms before".padStart(12)}${"after".padStart(12)}${"ratio".padStart(8)}  name`];
  let worst = 0;
  for (const [name, seconds] of after) {
    const old = before.get(name);
    const cells = [old, seconds].map((time) => time === undefined ? "-" : (1e3 * time).toFixed(3));
    const ratio = old === undefined ? undefined : seconds / old;
    worst = Math.max(worst, ratio ?? 0);
    lines.push(
      cells.map((cell) => cell.padStart(12)).join("") +
        (ratio?.toFixed(3) ?? "new").padStart(8) + `  ${name}`,
    );
  }
  const gone = [...before.keys()].filter((name) => !after.has(name));
  return { lines: [...lines, ...gone.map((name) => `${"".padEnd(32)}  ${name}: gone`)], worst };
}

async function benchAgainst(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    ...quickOption,
    filter: { type: "string" },
    rounds: { type: "string", default: "5" },
    slower: { type: "string" },
  }, help);
  const [ref] = positionals, limit = Number(values.slower ?? Infinity);
  if (ref === undefined || positionals.length > 1) {
    throw new UsageError(`Cannot compare with ${positionals.length} commits: name one`);
  }
  if (!(limit >= 0)) {
    throw new UsageError(`Cannot take --slower ${values.slower}: wanted a number of percent`);
  }
  effortOf(values);
  const rounds = parseRounds(values.rounds), own = new URL("../", import.meta.url).pathname;
  const software = await runsOnProcessor();
  const folder = await Deno.makeTempDir({ prefix: "autt-against-" }), other = join(folder, "other");
  try {
    await run("git", ["-C", own, "worktree", "add", "--detach", "--quiet", other, ref]);
    let before: Times = new Map(), after: Times = new Map();
    const options = [
      ...values.filter === undefined ? [] : ["--filter", values.filter],
      ...values.quick ? ["--quick"] : [],
    ];
    for (let round = 1; round <= rounds; round++) {
      console.error(`round ${round} of ${rounds} …`);
      const [old, now] = [
        await measure(other, folder, options),
        await measure(own, folder, options),
      ];
      before = bestOf(before, old, software);
      after = bestOf(after, now, software);
    }
    const { lines, worst } = compareTimes(before, after);
    console.log(lines.join("\n"));
    return worst > 1 + limit / 100 ? 1 : 0;
  } finally {
    await run("git", ["-C", own, "worktree", "remove", "--force", other]).catch(() => {});
    await Deno.remove(folder, { recursive: true });
  }
}

/** Whether kernels run on the processor, whose time then counts. */
async function runsOnProcessor(): Promise<boolean> {
  using device = await openDevice();
  return device.adapter.software;
}

async function measure(checkout: string, folder: string, options: string[]): Promise<BenchReport> {
  const file = join(folder, "report.json");
  await run("deno", [
    ...["task", "--quiet", "--config", join(checkout, "deno.json")],
    ...["bench", ...options, "--json", file],
  ]);
  return JSON.parse(await Deno.readTextFile(file));
}

async function run(program: string, args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  if (code === 0) return;
  const text = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot run ${program} ${args[0] === "-C" ? args[2] : args[0]}: ${text}`);
}

if (import.meta.main) await runCommand(benchAgainst, Deno.args);
