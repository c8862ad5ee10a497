import assert from "node:assert/strict";
import { chooseContenders } from "../app/eval/choose_contenders.ts";
import { baselinesFor } from "../tta/baselines/mod.ts";
import type { Need, SourceClip } from "../tta/methods/mod.ts";
import { gpuTest } from "./devices.ts";
import { madeUpSource, withSetup } from "./eval_people.ts";

/** People whose own look is far larger than what a class changes in it. */
function people(names: readonly string[]): SourceClip[] {
  return names.flatMap((subject, person) =>
    Array.from({ length: 8 }, (_, n) => {
      const label = n % 2;
      const around = (i: number) =>
        5 * Math.sin(person + 1 + i * (person + 2)) + (label ? 1.2 * Math.cos(i) : 0);
      const task = n < 4 ? "rest" : "sums";
      return madeUpSource(subject, label, 100 * person + n, { around, task });
    })
  );
}

gpuTest(
  "baselines count in source people, and the neutral mean finds what a person's look hides",
  async () => {
    const sources = people(["a", "b", "c", "d", "e"]),
      targets = people(["x", "y", "z", "v", "w", "u"])
        .filter(({ subject }) => subject === "u");
    await withSetup(async (setup) => {
      const told = new Map<string, (number | undefined)[]>();
      for (const entry of baselinesFor(setup.classes)) {
        using method = await entry.open(setup);
        await method.begin({ subject: "u", clips: targets });
        const ones: (number | undefined)[] = [];
        for (const clip of targets) ones.push((await method.decide(clip)).probabilities[1]);
        told.set(entry.name, ones);
      }
      assert.deepEqual([...told.keys()], [
        "always neutral",
        "always pain",
        "majority",
        "task only",
        "transcript length",
        "neutral mean",
      ]);
      assert.deepEqual(new Set(told.get("always pain")), new Set([1]));
      assert.deepEqual(new Set(told.get("majority")), new Set([0.5]));
      const right = told.get("neutral mean")
        ?.filter((p, i) => Number((p ?? 0) > 0.5) === targets[i]?.label);
      assert.equal(right?.length, targets.length);
    }, sources);
  },
);

gpuTest(
  "task only goes by the source people's classes at a task, all classes stay possible",
  async () => {
    const labels = { rest: [0, 0, 0, 1], sums: [1, 1] };
    const sources = Object.entries(labels).flatMap(([task, some]) =>
      some.map((label, i) => madeUpSource("a", label, i, { task }))
    );
    await withSetup(async (setup) => {
      const entry = baselinesFor(setup.classes).find(({ name }) => name === "task only");
      using method = await entry?.open(setup) ?? assert.fail();
      const told = async (task?: string) => {
        const clip = madeUpSource("b", 0, 9, task === undefined ? {} : { task });
        return [...(await method.decide(clip)).probabilities];
      };
      assert.deepEqual(await told("rest"), [Math.fround(4 / 6), Math.fround(2 / 6)]);
      assert.deepEqual(await told("sums"), [0.25, 0.75]);
      assert.deepEqual(await told("a new one"), [0.5, 0.5]);
      assert.deepEqual(await told(), [0.5, 0.5]);
    }, sources);
  },
);

gpuTest("transcript length goes by clips of source people with about as many words", async () => {
  // Short answers are of class 0, long ones of class 1; a clip without a transcript counts for no length.
  const said = (words: number) => Array(words).fill("word").join(" \n");
  const sources = [1, 2, 3, 4, 20, 21, 22, 23].map((words, i) => ({
    ...madeUpSource("a", Number(words > 10), i),
    transcript: said(words),
  }));
  await withSetup(async (setup) => {
    const entry = baselinesFor(setup.classes).find(({ name }) => name === "transcript length");
    using method = await entry?.open(setup) ?? assert.fail();
    const told = async (transcript?: string) => {
      const clip = { ...madeUpSource("b", 0, 9), transcript };
      return [...(await method.decide(clip)).probabilities];
    };
    assert.deepEqual(await told(""), [0.75, 0.25]);
    assert.deepEqual(await told(said(19)), [0.75, 0.25]);
    assert.deepEqual(await told(said(20)), [0.25, 0.75]);
    assert.deepEqual(await told(said(500)), [0.25, 0.75]);
    assert.deepEqual((await told()).map((share) => share.toFixed(3)), ["0.545", "0.455"]);
  }, [...sources, madeUpSource("c", 0, 99)]);
});

gpuTest("the neutral mean refuses source people who leave a class without a mean", async () => {
  const sources = [madeUpSource("a", 0, 1), madeUpSource("b", 1, 2)];
  await withSetup(async (setup) => {
    const entry = baselinesFor(setup.classes).at(-1);
    await assert.rejects(async () => await entry?.open(setup), {
      message: /class "pain": no source person with neutral clips has one/,
    });
  }, sources);
});

Deno.test("transcript length is in the table where labels have transcripts, and not named elsewhere", () => {
  const named = (...needs: Need[]) => {
    const { contenders, leftOut } = chooseContenders([], ["no", "yes"], new Set<Need>(needs));
    const names = contenders.map(({ entry }) => entry.name);
    return [names.includes("transcript length"), leftOut.join().includes("transcript")];
  };
  assert.deepEqual(named("source labels", "transcripts"), [true, false]);
  assert.deepEqual(named("source labels"), [false, false]);
  // Without source people it can't be had, and says so.
  assert.deepEqual(named("transcripts"), [false, true]);
});
