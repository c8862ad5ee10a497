import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { blend, ConflictReader } from "../model/conflict_fusion/conflict_reader.ts";
import type { KnownClip } from "../model/conflict_fusion/clip_batch.ts";
import { initialConflict } from "../model/conflict_fusion/parameters.ts";
import {
  conflictForms,
  type Modality,
  type ModalitySize,
  usualConflictSizes,
} from "../model/conflict_fusion/sizes.ts";
import { ConflictTrainer, type LabelledClip } from "../model/conflict_fusion/conflict_trainer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const three: readonly ModalitySize[] = [
  { name: "video", width: 6, mayLack: true },
  { name: "text", width: 5, mayLack: true },
  { name: "audio", width: 3, mayLack: true },
];

/** A clip whose modalities each point one way or the other; some are left out. */
function drawClip(rng: Rng, lacked: readonly Modality[] = []): LabelledClip {
  const signs = three.map(() => rng.pick([-1, 1]));
  const known = Object.fromEntries(
    three.flatMap(({ name, width }, i) =>
      lacked.includes(name) ? [] : [[
        name,
        Float32Array.from({ length: width }, (_, d) =>
          0.3 * rng.normal() + (d === 0 ? signs[i] as number : 0)),
      ]]
    ),
  ) as KnownClip;
  return { known, label: signs[0] === signs[1] ? 0 : 1 };
}

for (const form of conflictForms) {
  gpuTest(`the ${form} form learns that two of three modalities disagree`, async () => {
    const device = await sharedDevice(), rng = new Rng(5);
    const sizes = { ...usualConflictSizes(form, three), width: 16, hidden: 32 };
    using trainer = await ConflictTrainer.open(device, initialConflict(sizes, 3), 64);
    const clips = Array.from({ length: 64 }, () => drawClip(rng));
    const losses: number[] = [];
    for (let step = 0; step < 150; step++) losses.push((await trainer.step(clips)).main);
    using reader = await ConflictReader.open(device, await trainer.read());
    const fresh = Array.from({ length: 200 }, () => drawClip(rng));
    const decided = await reader.decide(fresh.map(({ known }) => known), 0);
    const right = decided.filter(({ probabilities: [, p = 0] }, i) =>
      (p > 0.5 ? 1 : 0) === fresh[i]?.label
    );
    assert.ok(right.length >= 180, `${right.length} of 200`);
    assert.ok((losses.at(-1) ?? 1) < 0.3 * (losses[0] ?? 0), `${losses[0]} to ${losses.at(-1)}`);
  });

  gpuTest(`the ${form} form decides and learns whatever a clip lacks`, async () => {
    const device = await sharedDevice(), rng = new Rng(6);
    const sizes = { ...usualConflictSizes(form, three), width: 16, hidden: 32 };
    const lacks: Modality[][] = [
      [],
      ["text"],
      ["video"],
      ["audio"],
      ["text", "audio"],
      ["video", "text"],
      ["video", "text", "audio"],
    ];
    const clips = lacks.map((lacked) => drawClip(rng, lacked));
    const start = initialConflict(sizes, 3);
    using trainer = await ConflictTrainer.open(device, start, clips.length);
    for (let step = 0; step < 3; step++) {
      const { main, words, total } = await trainer.step(clips, [0.8, 1.4]);
      assert.ok(Number.isFinite(main) && Number.isFinite(words), `${main} and ${words}`);
      assert.ok(Math.abs(total - main - 0.5 * words) < 1e-5);
    }
    // Nobody has words: they have no loss, and what stands for them learns.
    const silent = clips.map(({ label, known: { text: _, ...known } }) => ({ label, known }));
    assert.equal((await trainer.step(silent)).words, 0);
    const gradients = await trainer.gradients();
    assert.ok(gradients.get("aux2.weight")?.every((g) => g === 0));
    assert.ok(gradients.get("no_text")?.some((g) => g !== 0));
    const { numbers } = await trainer.read();
    for (const { name } of three) {
      const before = start.numbers.get(`no_${name}`);
      assert.ok(numbers.get(`no_${name}`)?.some((x, i) => x !== before?.[i]), `no_${name}`);
    }
    using reader = await ConflictReader.open(device, { sizes, numbers });
    const decided = await reader.decide(clips.map(({ known }) => known));
    for (const [i, { probabilities, words }] of decided.entries()) {
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-6);
      assert.equal(words === undefined, lacks[i]?.includes("text"), `words of clip ${i}`);
    }
  });
}

gpuTest("a clip is decided alike beside others and alone", async () => {
  const device = await sharedDevice(), rng = new Rng(7);
  const clips = Array.from({ length: 19 }, () => drawClip(rng, rng.pick([[], ["text"]])).known);
  using reader = await ConflictReader.open(
    device,
    initialConflict(usualConflictSizes("transformer", three), 2),
  );
  const together = await reader.decide(clips);
  assert.deepEqual((await reader.decide(clips.slice(17, 18)))[0], together[17]);
});

gpuTest("what a model cannot take is refused", async () => {
  const device = await sharedDevice();
  const needed = three.map((one) => ({ ...one, mayLack: one.name === "text" }));
  using reader = await ConflictReader.open(
    device,
    initialConflict(usualConflictSizes("mlp", needed), 2),
  );
  const audio = [1, 2, 3];
  await assert.rejects(reader.decide([{ audio }]), /the model takes none without video/);
  await assert.rejects(
    reader.decide([{ audio, video: [1, 2] }]),
    /Cannot fuse clip 0: its video has 2 numbers: wanted 6/,
  );
  using trainer = await ConflictTrainer.open(
    device,
    initialConflict(usualConflictSizes("mlp", three), 2),
    2,
  );
  await assert.rejects(trainer.step([]), /Cannot train on 0 clips: wanted from 1 to 2/);
});

Deno.test("the words alone are blended in where there are some", () => {
  const { probabilities } = blend([0.2, 0.8], [0.6, 0.4], 0.25);
  assert.deepEqual(probabilities.map((p) => Math.round(1e9 * p) / 1e9), [0.3, 0.7]);
  assert.deepEqual(blend([0.2, 0.8], undefined, 0.25).probabilities, [0.2, 0.8]);
});
