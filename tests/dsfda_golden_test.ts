/**
 * `golden/dsfda` is a set for DSFDA without its full-width networks, of which only a recipe is stored and
 * which take 20 s: every layer in small, and steps of the source stage, without and with given dropout,
 * and of the target stage, made with the original code. JSON is packed, as the formatter would blow it up.
 */
import assert from "node:assert/strict";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { readParameters } from "../model/dsfda/parameters.ts";
import { dsfdaStages, DsfdaTrainer } from "../model/dsfda/trainer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { compareUnpacked, edit } from "./golden_sets.ts";

const folder = new URL("./golden/dsfda", import.meta.url).pathname;

gpuTest("DSFDA's layers, losses, gradients and updates equal their golden numbers", async () => {
  const { failed, lines } = await compareUnpacked(folder);
  assert.equal(failed, 0, lines.filter((line) => line.startsWith("FAIL")).join("\n"));
  for (
    const row of [
      "tiny: enc.ds4_out",
      "tiny: dec.img",
      "train_source_dropout: step0.grad_norms.G_joint",
      "train_source_dropout: val.accuracy_and_ce",
      "train_target: step1.delta_norms.D_FR",
      "train_target: step1.loss.per_ER",
    ]
  ) {
    assert.ok(lines.some((line) => line.startsWith(`ok    dsfda: ${row}  `)), row);
  }
  assert.ok(lines.some((line) => /^left .*not in this set: dsfda: real_golden/.test(line)));
});

gpuTest("another rate fails DSFDA's updates", async () => {
  const onlyDropout = async (unpacked: string) => {
    for (const part of ["tiny", "train_target"]) {
      await Deno.remove(`${unpacked}/${part}_golden.safetensors`);
    }
    await edit("train_source_dropout_tolerances.json", /"lr": 0.001/, '"lr": 0.002')(unpacked);
  };
  const { lines } = await compareUnpacked(folder, onlyDropout);
  const failed = lines.filter((line) => line.startsWith("FAIL"));
  assert.ok(failed.some((line) => line.includes("step0.delta_norms.G_joint")));
  assert.ok(!failed.some((line) => line.includes("step0.grad_norms.fc")));
});

gpuTest("DSFDA's training goes on from its state to the bit", async () => {
  const device = await sharedDevice();
  using file = await openTensors(`${folder}/tiny_inputs.safetensors`);
  const start = new Map([
    ...await readParameters(file, "Gen."),
    ...await readParameters(file, "Dis_FR."),
    ...await readParameters(file, "Dis_ER."),
  ]);
  const training = {
    ...dsfdaStages.source,
    batch: 1,
    side: 32,
    noise: 12,
    dropout: 0.5,
    seed: 5,
  };
  const picture = (shift: number) =>
    Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 7 + shift * i) % 101 / 101);
  const batch = {
    identity: picture(1),
    identities: Uint32Array.of(2),
    expression: picture(3),
    expressions: Uint32Array.of(1),
  };
  using whole = new DsfdaTrainer(device, start, training);
  await whole.step(batch, 0);
  const between = await whole.state();
  const wanted = await whole.step(batch, 1);
  assert.ok(!wanted.has("D_FR_fake"), "step 1 updated Dis_FR");
  using resumed = new DsfdaTrainer(device, between, training);
  assert.deepEqual(await resumed.step(batch, 1), wanted);
  assert.deepEqual(await resumed.parameters(), await whole.parameters());
});
