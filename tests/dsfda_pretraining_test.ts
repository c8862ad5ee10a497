/** What networks learn by themselves, before all of DSFDA learns together. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Parameters } from "../model/dsfda/parameters.ts";
import type { Lesson } from "../model/dsfda/pretraining_step.ts";
import { parametersOf } from "../tta/dsfda/dsfda.ts";
import { pretrain } from "../tta/dsfda/pretrain.ts";
import { loadProgress, saveProgress } from "../tta/dsfda/progress_file.ts";
import { dsfdaSettings } from "../tta/dsfda/settings.ts";
import { drawNetworks, sourceStage } from "../tta/dsfda/source_stage.ts";
import { beginDsfda } from "../tta/dsfda/train_dsfda.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { madeUpPeople, smallSizes } from "./small_dsfda.ts";

const data = { train: madeUpPeople(0, 3, 4), held: madeUpPeople(3, 2, 4) };
const start = drawNetworks(smallSizes, { people: 3, classes: 2 }, 7);

/** The source stage's settings with so many steps of each lesson. */
function settingsOf(discriminators: number, pictures: number, swaps: number) {
  const of = (steps: number) => ({ steps, batch: 4 });
  return dsfdaSettings("source", "fixed", {
    ...{ batch: 4, seed: 3, dropout: 0.2 },
    pretraining: {
      ...{ discriminators: of(discriminators), pictures: of(pictures), swaps: of(swaps) },
      rate: 3e-3,
    },
  });
}

/** The mean of a few losses. */
const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length;

gpuTest("each network learns its lesson, and leaves the others as they are", async () => {
  const device = await sharedDevice(), settings = settingsOf(24, 48, 8);
  using stage = await sourceStage(device, data, start, settings);
  const told = new Map<Lesson, ReadonlyMap<string, number>[]>();
  const reached: Parameters[] = [];
  const progress = await pretrain(device, stage, beginDsfda(stage, start), {
    onPretraining(lesson, _, __, losses) {
      told.set(lesson, [...told.get(lesson) ?? [], losses]);
    },
    save({ current }) {
      reached.push(current.parameters);
      return Promise.resolve();
    },
  });
  const falls = (lesson: Lesson, name: string, to: number) => {
    const losses = (told.get(lesson) ?? []).map((of) => of.get(name) ?? NaN);
    const [first, last] = [mean(losses.slice(0, 4)), mean(losses.slice(-4))];
    assert.ok(last < to * first, `${lesson}, ${name}: ${first} to ${last}`);
  };
  falls("discriminators", "D_ER_real", 0.7);
  falls("discriminators", "D_FR_real", 0.7);
  falls("pictures", "con", 0.8);
  falls("pictures", "fc", 0.7);
  const [judges, drawn, swapped] = reached;
  assert.ok(judges && drawn && swapped && reached.length === 3);
  const part = (of: Parameters, prefix: string) => parametersOf(of, [prefix]);
  assert.deepEqual(part(judges, "Gen."), part(start, "Gen."));
  assert.notDeepEqual(part(judges, "Dis_"), part(start, "Dis_"));
  assert.deepEqual(part(swapped, "Dis_"), part(judges, "Dis_"));
  for (const prefix of ["Gen.enc_FR.", "Gen.enc_ER.", "Gen.fc_ER.", "Gen.dec."]) {
    assert.notDeepEqual(part(drawn, prefix), part(judges, prefix), prefix);
    assert.notDeepEqual(part(swapped, prefix), part(drawn, prefix), prefix);
  }
  assert.deepEqual(told.get("swaps")?.[0]?.size, 4);
  // Optimisers begin anew with the first epoch.
  assert.deepEqual([progress.pretrained, progress.current.moments.m.size], [80, 0]);
  assert.equal(progress.best, progress.current.parameters);
});

gpuTest("pretraining that is stopped ends with the same bits", async () => {
  const device = await sharedDevice(), settings = settingsOf(1, 2, 2);
  using stage = await sourceStage(device, data, start, settings);
  const whole = await pretrain(device, stage, beginDsfda(stage, start), {});
  const folder = await Deno.makeTempDir(), path = join(folder, "state");
  try {
    let from = beginDsfda(stage, start);
    for (const [lesson, step, done] of [["pictures", 1, 2], ["swaps", 1, 4]] as const) {
      const stop = new AbortController();
      await assert.rejects(() =>
        pretrain(device, stage, from, {
          signal: stop.signal,
          onPretraining: (now, at) => now === lesson && at === step && stop.abort(),
          save: (progress) => saveProgress(path, progress),
        })
      );
      from = await loadProgress(path, stage.of);
      assert.equal(from.pretrained, done);
    }
    assert.deepEqual(await pretrain(device, stage, from, {}), whole);
    assert.notDeepEqual(whole.best, start);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
