import assert from "node:assert/strict";
import { foldSubjects } from "../data/split_subjects.ts";
import { Rng } from "../numbers/rng.ts";
import { scorePeople } from "../numbers/scores/person_scores.ts";
import { crossValidate } from "../train/cross_validate.ts";
import { keepFeatures } from "../train/keep_features.ts";
import type { Sample } from "../train/sample.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

Deno.test("everyone is held out once, in parts of about equally many people, by the seed", () => {
  const items = Array.from({ length: 44 }, (_, i) => ({ subject: `s${i % 11}`, i }));
  const folds = foldSubjects(items, 3, 5);
  const people = (side: readonly { readonly subject: string }[]) =>
    new Set(side.map(({ subject }) => subject));
  assert.deepEqual(folds.map(({ held }) => people(held).size), [4, 4, 3]);
  assert.deepEqual(
    folds.flatMap(({ held }) => [...people(held)]).sort(),
    [...people(items)].sort(),
  );
  for (const { train, held } of folds) {
    assert.equal(people(train).intersection(people(held)).size, 0);
    assert.equal(train.length + held.length, items.length);
  }
  assert.deepEqual(foldSubjects(items, 3, 5), folds);
  assert.notDeepEqual(foldSubjects(items, 3, 6), folds);
  assert.throws(() => foldSubjects(items, 12, 5), {
    message: "Cannot divide 11 people into 12 folds: wanted a person for each at least",
  });
});

Deno.test("scores are means over people, each counting alike, and of runs", () => {
  const person = (subject: string, labels: number[], decided: number[]) => ({
    ...{ subject, labels, decided },
  });
  const first = [person("a", [0, 0, 0, 1], [0, 0, 0, 0]), person("b", [0, 1], [0, 1])];
  const { people, clips, scores, runs } = scorePeople([first], 1);
  assert.deepEqual([people, clips, runs], [2, 6, undefined]);
  // a: 3 of 4 right, recalls 1 and 0, F1 of 6 / 7 and 0; b: all right.
  assert.equal(scores.war.mean, (0.75 + 1) / 2);
  assert.equal(scores.uar.mean, (0.5 + 1) / 2);
  assert.ok(Math.abs(scores.f1.mean - (3 / 7 + 1) / 2) < 1e-12);
  // Two people drawn again are both of one, or one of each: a quarter of the means each, at the ends.
  assert.deepEqual([scores.uar.low, scores.uar.high], [0.5, 1]);
  const second = [person("b", [0, 1], [1, 0]), person("a", [0, 0, 0, 1], [0, 0, 0, 1])];
  const both = scorePeople([first, second], 1);
  assert.equal(both.scores.uar.mean, 0.625, "a has 0.5 and 1, b 1 and 0");
  assert.deepEqual(both.runs?.uar, { low: 0.5, high: 0.75 });
  assert.ok(Number.isNaN(scorePeople([[first[1] ?? person("", [0], [0])]], 1).scores.war.low));
});

Deno.test("features are asked for once, as far as there is room", async () => {
  let asked = 0;
  const sample = (length: number): Sample => ({
    ...{ id: "a", subject: "a", label: 0, key: "a" },
    features: () => Promise.resolve(new Float32Array(length).fill(++asked)),
  });
  const [kept, tooLarge] = keepFeatures([sample(4), sample(2)], 20); // of 24 bytes
  const first = await kept?.features();
  assert.equal(await kept?.features(), first);
  assert.deepEqual([...first ?? []], [1, 1, 1, 1]);
  assert.deepEqual([...await tooLarge?.features() ?? []], [2, 2]);
  assert.deepEqual([...await tooLarge?.features() ?? []], [3, 3]);
});

const width = 8;

/** Clips of people whose second class differs by a direction, relative to a face of their own. */
function madeUp(people: number, turned: readonly string[] = []): Sample[] {
  const rng = new Rng(5);
  return Array.from({ length: people }, (_, n) => `p${n}`).flatMap((subject) => {
    const face = Array.from({ length: width }, () => 3 * rng.normal());
    return Array.from({ length: 6 }, (_, i): Sample => {
      const shown = i % 2, label = turned.includes(subject) ? 1 - shown : shown;
      const features = Float32Array.from(
        { length: 5 * width },
        (_, at) =>
          (face[at % width] ?? 0) + 0.5 * rng.normal() + (at % width === 2 ? 4 * shown : 0),
      );
      const id = `${subject}/${i}`;
      return { id, subject, label, key: id, features: () => Promise.resolve(features) };
    });
  });
}

gpuTest(
  "nobody's labels change what is decided on them or on those who are held out with them",
  async () => {
    const device = await sharedDevice(), rng = new Rng(2);
    const common = {
      sizes: { embedding: width, adapter: 6, units: 4, classifier: 6, classes: 2 },
      texts: Float32Array.from({ length: 4 * width }, () => rng.normal()),
    };
    const settings = {
      ...{ folds: 3, seeds: [3, 4], share: 0.3 },
      training: {
        ...{ epochs: 2, patience: 2, batch: 4, frames: 5 },
        rate: 0.01,
        decay: 0,
        seed: 3,
      },
    };
    const plain = { ...settings, preparation: { width, enrolled: undefined, vary: false } };
    const people = madeUp(9);
    const held = new Set(foldSubjects(people, 3, 3)[1]?.held.map(({ subject }) => subject));
    const before = await crossValidate(device, people, common, plain);
    const after = await crossValidate(device, madeUp(9, [...held]), common, plain);
    assert.equal(before.found, undefined);
    assert.equal(before.epochs.length, 6);
    for (const { told, epochs } of [before, after]) {
      assert.deepEqual(told.map((run) => run.map(({ subject }) => subject).sort()), [
        ...[1, 2].map(() => [...new Set(people.map(({ subject }) => subject))].sort()),
      ]);
      assert.ok(epochs.every((epoch) => epoch === 1 || epoch === 2));
    }
    const decided = ({ told }: typeof before) =>
      told[0]?.filter(({ subject }) => held.has(subject)).map(({ decided }) => decided);
    assert.deepEqual(decided(after), decided(before));
    assert.notDeepEqual(
      after.told[0]?.map(({ decided }) => decided),
      before.told[0]?.map(({ decided }) => decided),
      "but they teach the heads of the others",
    );
    const centred = await crossValidate(device, people, common, {
      ...settings,
      preparation: { width, enrolled: 1, vary: true },
    });
    const counts = [centred.told, centred.found ?? []].map((runs) =>
      runs.map((run) => run.map(({ labels }) => labels.length))
    );
    const fiveEach = Array(2).fill(Array(9).fill(5));
    assert.deepEqual(counts, [fiveEach, fiveEach], "the video that enrols is not tested on");
  },
);
