/**
 * The benchmark of planted conflicts in small: its command, as everybody can run it. Chance is wide with
 * so few answers; the full size is in the command's defaults.
 */
import assert from "node:assert/strict";
import { DrawnRng } from "../demo/drawing/drawn_rng.ts";
import { planAnswer } from "../demo/speakers/answer.ts";
import { answersOf, drawSpeaker } from "../demo/speakers/speaker.ts";
import { speak } from "../demo/speakers/grammar.ts";
import { runDeno } from "./fakes.ts";
import { keptIn, wordsOf } from "./task_permissions.ts";

/** The rows of a printed table: the numbers of each contender. */
function rowsOf(table: string): Map<string, number[]> {
  return new Map(
    [...table.matchAll(/^(\S.*?) {2,}((?:[\d.-]+ +){8})/gm)].map(([, name = "", cells = ""]) => [
      name.replace(" (looks ahead)", ""),
      cells.trim().split(/ +/).map(Number),
    ]),
  );
}

Deno.test("a planted conflict is found by comparing, and a planted leak is exposed", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const args = [
      ...["--variant", "conflict,leak", "--sources", "20", "--targets", "12"],
      ...["--features", `${folder}/drawn`],
    ];
    const { code, stdout, stderr } = await runDeno(
      ["run", "--quiet", "--no-prompt", ...wordsOf("demo:conflict"), ...args],
      keptIn(folder),
    );
    assert.equal(code, 0, stderr);
    const [conflict = "", leak = ""] = stdout.split(/^leak, /m);
    const found = rowsOf(conflict), leaked = rowsOf(leak);
    const accuracy = (name: string) => found.get(name)?.[0] ?? NaN;
    const within = (name: string) => leaked.get(name)?.[6] ?? NaN;
    // With 168 answers, chance is within 12 points of 50 in all but 2 of 1000 draws.
    for (const name of ["face only", "text only", "voice only", "linear concatenation"]) {
      assert.ok(Math.abs(accuracy(name) - 50) < 12, `${name}: ${accuracy(name)}`);
    }
    for (const name of ["conflict", "conflict-transformer"]) {
      assert.ok(accuracy(name) > 95, `${name}: ${accuracy(name)}`);
    }
    assert.ok(accuracy("conflict, 10 steps") > accuracy("concatenation, 10 steps") + 3, conflict);
    const f1 = [...leaked].map(([name, row]): [string, number] => [name, row[2] ?? NaN]);
    const [best, ...others] = f1.sort(([, a], [, b]) => b - a);
    assert.equal(best?.[0], "task only");
    assert.ok((best?.[1] ?? 0) > (others[0]?.[1] ?? 100) + 10, leak);
    for (const name of ["text only", "linear concatenation", "conflict", "conflict-transformer"]) {
      assert.ok(Math.abs(within(name) - 50) < 15, `${name}: ${within(name)}`);
      assert.match(leak, new RegExp(`^${name} .*\\*$`, "m"));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("words and face are each as often for as against, whatever the label", () => {
  const tasks = Array.from({ length: 200 }, (_, n) => answersOf("conflict", 3, n)).flat();
  for (const label of [0, 1]) {
    const some = tasks.filter((task) => task.label === label);
    for (const key of ["words", "shown"] as const) {
      const share = some.filter((task) => task[key] > 0).length / some.length;
      assert.ok(Math.abs(share - 0.5) < 0.05, `${key} of label ${label}: ${share}`);
    }
    assert.ok(some.every(({ words, shown }) => (words !== shown) === (label === 1)));
  }
});

Deno.test("a conflict may be in one sentence alone", () => {
  const speaker = drawSpeaker("conflict", 1, 2),
    task = { question: 3, words: 1, shown: -1, label: 1 } as const;
  const { sentences, faces } = planAnswer(speaker, task, [9, 9], (i) => i === 1);
  assert.deepEqual(sentences.map(({ shown }) => shown), [1, -1, 1]);
  assert.ok(
    sentences.every(({ start, end }, i) => end > start && start >= (sentences[i - 1]?.end ?? 0)),
  );
  const brows = faces.map(({ left }) => left.AU4), smile = faces.map(({ left }) => left.AU12);
  const at = (sentence: number) => {
    const { start, end } = sentences[sentence] as typeof sentences[number];
    return Math.floor((start + end) / 2 * 5);
  };
  assert.ok((brows[at(1)] ?? 0) > (brows[at(0)] ?? 1) + 0.2);
  assert.ok((smile[at(0)] ?? 0) > (smile[at(1)] ?? 1) + 0.2);
  assert.deepEqual(planAnswer(speaker, task, [9, 9], (i) => i === 1).sentences, sentences);
});

Deno.test("unusual resting faces lean either way, and the first question is answered at rest", () => {
  const leans = Array.from({ length: 40 }, (_, n) => drawSpeaker("rest", 3, n).person.rest);
  assert.ok(leans.some(({ AU12 }) => AU12 > .4) && leans.some(({ AU15 }) => AU15 > .4));
  assert.ok(leans.every(({ AU12, AU6 }) => AU12 === 0 || AU6 > 0));
  const tasks = answersOf("rest", 3, 7), usual = answersOf("conflict", 3, 7);
  assert.deepEqual(
    tasks.map(({ question, shown, label }) => question === 0 ? [shown, label] : label),
    usual.map(({ question, label }) => question === 0 ? [0, 0] : label),
  );
  const speaker = drawSpeaker("rest", 3, 7),
    [rests, other] = tasks.map((task, i) => planAnswer(speaker, task, [9, i]));
  const most = (answer: typeof rests, unit: "AU4" | "AU12") =>
    Math.max(...answer?.faces.map(({ left }) => left[unit]) ?? []);
  const unit = (tasks[1]?.shown ?? 0) > 0 ? "AU12" : "AU4";
  assert.ok(most(other, unit) > most(rests, unit) + 0.2, `${most(other, unit)}`);
});

Deno.test("a sentence is about its question and for or against it", () => {
  const rng = new DrawnRng(4);
  for (let i = 0; i < 50; i++) {
    assert.match(speak(rng, i, 1), /smile/);
    assert.match(speak(rng, i, -1), /frown|pain/);
  }
});
