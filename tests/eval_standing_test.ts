import assert from "node:assert/strict";
import { DecisionStore, type PersonDecisions } from "../app/eval/decision_store.ts";
import { costsOf, costTable } from "../app/eval/costs.ts";
import type { ContenderRun } from "../app/eval/run_methods.ts";
import { scoreRuns } from "../app/eval/score_runs.ts";
import { scoreTable } from "../app/eval/score_table.ts";

const people = ["a", "b", "c", "d"];
const clips = people.flatMap((subject) =>
  [0, 1].map((label) => ({ id: `${subject}${label}`, subject, video: `${subject}${label}`, label }))
);

/** A contender that says `p(subject, label)` for class 1. */
function run(
  name: string,
  baseline: boolean,
  ...draws: readonly ((subject: string, label: number) => number)[]
): ContenderRun {
  const decide = (p: typeof draws[number]): PersonDecisions[] =>
    people.map((subject) => ({
      subject,
      clips: [0, 1].map((label) => ({
        id: `${subject}${label}`,
        probabilities: [1 - p(subject, label), p(subject, label)],
      })),
      milliseconds: [4, 2],
      beginMilliseconds: 1,
      bytes: 2 ** 20,
    }));
  const entry = {
    name,
    about: name,
    needs: [],
    ...draws.length > 1 && { draws: draws.length },
    open: () => Promise.reject(new Error("not opened")),
  };
  return { entry, baseline, draws: draws.map(decide) };
}

const right = (_: string, label: number) => label ? 0.9 : 0.1;
const always = () => 0.8;
/** Right of some people only, always saying yes of the others. */
const rightOf = (names: string) => (subject: string, label: number) =>
  names.includes(subject) ? right(subject, label) : always();

const rows = scoreRuns(
  [
    run("always", true, always),
    run("half", true, rightOf("a")),
    run("good", false, right),
    run("unsure", false, rightOf("bc")),
    run("same", false, rightOf("a")),
    run("drawn", false, right, always),
  ],
  clips,
  2,
  { resamples: 400, seed: 1 },
);
const of = (name: string) => rows.find((row) => row.name === name) ?? assert.fail(name);

Deno.test("methods stand to the best baseline, over people who are drawn again", () => {
  // Of 8 clips: right of one person of four leaves 3 wrong; precision and recall by hand.
  const half = (2 * 1 / (1 + 4) + 2 * 4 / (4 + 7)) / 2;
  assert.ok(Math.abs(of("half").scores.f1 - half) < 1e-12, `${of("half").scores.f1}`);
  assert.deepEqual([of("always").scores.war, of("half").scores.war], [0.5, 5 / 8]);
  const { standing, intervals } = of("good");
  assert.deepEqual([standing?.baseline, standing?.verdict], ["half", "better"]);
  assert.ok(Math.abs((standing?.difference ?? 0) - (1 - half)) < 1e-12);
  assert.deepEqual(intervals.f1, { low: 1, high: 1 }, "right whoever is drawn");
  assert.equal(of("unsure").standing?.verdict, "not certain");
  assert.deepEqual(of("same").standing?.interval, { low: 0, high: 0 }, "draws are paired");
  assert.equal(of("same").standing?.verdict, "no better");
  assert.equal(of("half").standing, undefined);
  assert.equal(of("good").people.b?.f1, 1);
  assert.equal(of("half").byPerson.war, (1 + 3 * 0.5) / 4);
});

Deno.test("several draws are told by their mean and their spread", () => {
  const { scores, spread, draws } = of("drawn"), alone = of("always").scores.f1;
  assert.deepEqual([draws, scores.war, spread], [2, 0.75, { low: alone, high: 1 }]);
  assert.equal(scores.f1, (1 + alone) / 2);
});

Deno.test("the table marks what does not beat the best baseline, baselines first", () => {
  const table = scoreTable([...rows].reverse(), 4, 8), lines = table.split("\n");
  assert.match(lines[0] ?? "", /^8 clips of 4 people/);
  const order = ["half", "always", "drawn", "same", "unsure", "good"];
  assert.deepEqual(lines.slice(3, 9).map((line) => line.split(" ")[0]), order);
  assert.match(table, /^same .* \*$/m);
  assert.match(table, /^unsure .* \?$/m);
  assert.match(table, /^good .*\+43\.6 \([\d.]+ to [\d.]+\)$/m);
  assert.match(table, /^good( +\S+){6} +- /m, "no task, no score within one");
  assert.match(table, /^drawn: the mean of 2 draws; F1 of one goes from 33\.3 to 100\.0$/m);
});

Deno.test("costs are medians, beside what encoding took", () => {
  const costs = costsOf([run("good", false, right)]);
  assert.deepEqual(costs, [{
    name: "good",
    millisecondsPerClip: 3,
    firstMilliseconds: 4,
    beginMilliseconds: 1,
    bytes: 2 ** 20,
  }]);
  const table = (millisecondsPerClip: number) =>
    costTable(costs, { clips: 8, millisecondsPerClip }, {
      devicePeakBytes: 3 * 2 ** 20,
      residentBytes: 2 ** 30,
    });
  assert.match(table(60), /memory: 3\.0 MiB of the device at most, .*; 1024\.0 MiB resident/);
  assert.match(table(60), /^good +3\.0 +5\.0 +4\.0/m);
  assert.match(table(NaN), /^good +3\.0 +- /m);
});

Deno.test("one person allows no interval, and so no certainty", () => {
  const alone = [run("always", true, always), run("good", false, right)].map((one) => ({
    ...one,
    draws: one.draws.map((draw) => draw.slice(0, 1)),
  }));
  const [, good = assert.fail()] = scoreRuns(alone, clips, 2, { resamples: 50, seed: 1 });
  assert.deepEqual(good.intervals.f1, { low: NaN, high: NaN });
  assert.equal(good.standing?.verdict, "not certain");
  assert.match(
    scoreTable([good], 1, 2),
    /^2 clips of 1 person, .*\n(.*\n)+good .* - +\+66\.7 \(-\) \?/,
  );
});

Deno.test("decisions are kept by method and person, and no others are gone on with", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [decisions = assert.fail()] = run("good", false, right).draws[0] ?? [];
    const store = new DecisionStore(folder, "these settings");
    assert.equal(await store.read("a/b", "a"), undefined);
    await store.write("a/b", decisions);
    assert.deepEqual(await store.read("a/b", "a"), decisions);
    assert.equal(await store.read("a/b", "b"), undefined);
    assert.equal(await new DecisionStore(folder, "others").read("a/b", "a"), undefined);
    await Deno.writeTextFile(`${folder}/a%2Fb/a.json`, "{");
    assert.equal(await store.read("a/b", "a"), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
