import assert from "node:assert/strict";
import { entryMethod } from "../bench/personal/entry_method.ts";
import { formatMixes, mixedPerson, mixStreams, recallOfThose } from "../bench/personal/mixes.ts";
import { HeadMethods, testPerson } from "../bench/personal/methods.ts";
import type { MethodResult } from "../bench/personal/run_streams.ts";
import { Rng } from "../numbers/rng.ts";
import { baselinesFor } from "../tta/baselines/mod.ts";
import { methods } from "../tta/methods/mod.ts";
import { gpuTest } from "./devices.ts";
import { madeUpSource, width, withSetup } from "./eval_people.ts";

/** 40 clips as the benchmark draws them: 17 neutral ones are left, and 20 of pain. */
const person = testPerson(Array.from({ length: 40 }, (_, i) => Float32Array.of(i)));

Deno.test("a mix has the share of pain that it says, in an order of its own, from the same clips", () => {
  const counts = mixStreams("style").map(({ mix = NaN }) => {
    const { clips, neutral } = mixedPerson(person, mix, 7);
    assert.deepEqual(neutral, person.neutral, "clips for enrolment are never tested on");
    assert.ok(clips.every((clip) => person.clips.includes(clip)));
    assert.equal(new Set(clips).size, clips.length);
    const pain = clips.filter(({ label }) => label === 1).length;
    return [clips.length - pain, pain];
  });
  assert.deepEqual(counts, [[17, 2], [16, 4], [17, 17], [5, 20], [17, 0], [0, 20]]);
  const order = (seed: number) => mixedPerson(person, 0.5, seed).clips;
  assert.deepEqual(order(7), order(7));
  assert.notDeepEqual(order(7), order(8));
});

gpuTest(
  "no method's decision depends on the labels of the people that it is tested on",
  async () => {
    const others = ["b", "c", "d", "e"].flatMap((subject, i) =>
      [0, 1].map((label) => madeUpSource(subject, label, 10 + 2 * i + label, { frames: 12 }))
    );
    await withSetup(async ({ clip, model, classes }, device) => {
      using heads = await HeadMethods.open(device, clip, model.head);
      const rng = new Rng(3);
      const features = Array.from(
        { length: 8 },
        () => Float32Array.from({ length: 6 * width }, () => 2 * rng.normal()),
      );
      const told = testPerson(features);
      const turned = {
        ...told,
        clips: told.clips.map((clip) => ({ ...clip, label: 1 - clip.label })),
      };
      const all = [
        heads.plain(0),
        heads.plain(1),
        heads.plain(3),
        heads.rest(false),
        heads.rest(true),
        // The benchmark keeps features; DSFDA decides on pictures.
        ...[...methods, ...baselinesFor(classes)].filter(({ needs }) => !needs.includes("dsfda"))
          .map((entry) => entryMethod(entry, { ...heads.setup(device), sources: others })),
      ];
      for (const method of all) {
        assert.deepEqual(await method([told]), await method([turned]));
      }
    }, others);
  },
);

Deno.test("recall is of the classes that occur", () => {
  const of = (labels: number[], decided: number[]) =>
    recallOfThose({ seed: 1, person: 0, labels, decided });
  assert.equal(of([0, 0, 0, 1], [0, 0, 1, 1]), (100 * (2 / 3 + 1)) / 2);
  assert.equal(of([0, 0, 0, 0], [0, 0, 0, 1]), 75);
});

Deno.test("the table of mixes has each mix, their mean, the worst people and the gain", () => {
  const result = (method: string, right: readonly boolean[]): MethodResult => ({
    ...{ method, seconds: 2 },
    people: right.map((well, i) => ({ seed: 1, person: i, labels: [1], decided: [well ? 1 : 0] })),
  });
  const mix = [result("CLIP-AU", [true, false]), result("rest, causal", [true, true])];
  const lines = formatMixes("style", [mix, mix]).split("\n");
  assert.equal(lines[0], "### style, by share of pain");
  assert.equal(lines[2], "2 people, 0 of whom hardly react.");
  assert.equal(lines[6], "| CLIP-AU | 50.0 | 50.0 | 50.0 | 0.0 |  | 50.0 |  | 4 s |");
  assert.match(
    lines[7] ?? "",
    /^\| rest, causal \| 100.0 \| 100.0 \| 100.0 \| 100.0 \| {2}\| 100.0 \| 50.0 \(0.0 to 100.0\) \| 4 s \|$/,
  );
  // The fifth person of this seed is drawn with an expressiveness of 0.34.
  const five = result("CLIP-AU", [true, true, true, true, false]);
  const [, , people, , , , row] = formatMixes("style", [[five]]).split("\n");
  assert.equal(people, "5 people, 1 of whom hardly react.");
  assert.match(row ?? "", /\| 0\.0 \| 100\.0 \| {2}\| 2 s \|$/);
});
