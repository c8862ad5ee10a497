import assert from "node:assert/strict";
import { bestOf, compareTimes } from "../bench/against.ts";
import type { BenchReport } from "../bench/report.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

const report = (rows: Readonly<Record<string, [seconds: number, coreSeconds: number]>>) =>
  ({
    rows: Object.entries(rows).map(([name, [seconds, coreSeconds]]) => ({
      ...{ name, seconds, coreSeconds },
      cost: { flops: 1, bytes: 1 },
    })),
  }) as unknown as BenchReport;

Deno.test("the best time of each name counts, core-seconds on a processor", () => {
  const first = bestOf(new Map(), report({ add: [1, 2], scale: [3, 4] }), true);
  assert.deepEqual([...first], [["add", 2], ["scale", 4]]);
  const second = bestOf(first, report({ add: [9, 1], scale: [9, 5] }), true);
  assert.deepEqual([...second], [["add", 1], ["scale", 4]]);
  assert.deepEqual([...bestOf(new Map(), report({ add: [1, 2] }), false)], [["add", 1]]);
});

Deno.test("the table has ratios, what is new and what is gone, and tells the worst", () => {
  const before = new Map([["add", 0.002], ["spread", 0.001]]);
  const after = new Map([["add", 0.003], ["repeat", 0.001]]);
  const { lines, worst } = compareTimes(before, after);
  assert.equal(worst, 1.5);
  assert.deepEqual(lines.map((line) => line.trim().split(/ {2,}/)), [
    ["ms before", "after", "ratio", "name"],
    ["2.000", "3.000", "1.500", "add"],
    ["-", "1.000", "new", "repeat"],
    ["spread: gone"],
  ]);
});

Deno.test("bench:against measures both checkouts, and refuses what it can't compare with", async () => {
  const against = (...args: string[]) =>
    runDeno(["run", "--quiet", "--no-prompt", ...wordsOf("bench:against"), ...args]);
  const one = ["--quick", "--rounds", "1", "--filter", "scale[x=200x46"];
  const { code, stdout, stderr } = await against("HEAD", ...one);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /ratio {2}name\n +[\d.]+ +[\d.]+ +[\d.]+ {2}scale\[x=200x46,factor=5\]\n$/);

  const none = await against();
  assert.deepEqual([none.code, none.stderr], [
    2,
    "error: Cannot compare with 0 commits: name one\n",
  ]);
  const unknown = await against("no-such-ref", ...one);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /error: Cannot run git worktree: fatal: .*no-such-ref/);
});
