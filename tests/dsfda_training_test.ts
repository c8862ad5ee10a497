/**
 * The training of DSFDA in small: whether it learns, resumes to the bit, does what the release does only if
 * asked, and keeps nothing that collapsed.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { record } from "../engine/mod.ts";
import { crossEntropy, grad, mean } from "../kernels/mod.ts";
import { encode } from "../model/dsfda/encoder.ts";
import { classify } from "../model/dsfda/head.ts";
import { fromDevice } from "../model/dsfda/layout.ts";
import {
  layoutsOf,
  parameterInputs,
  type Parameters,
  writeParameters,
} from "../model/dsfda/parameters.ts";
import { DsfdaTrainer } from "../model/dsfda/trainer.ts";
import { adaptDsfda, holdOut, targetStage, targetStart } from "../tta/dsfda/adapt_dsfda.ts";
import { deciding, type Dsfda, parametersOf } from "../tta/dsfda/dsfda.ts";
import { colours } from "../tta/dsfda/faces.ts";
import { loadProgress, saveProgress } from "../tta/dsfda/progress_file.ts";
import { dsfdaSettings, heldLoss } from "../tta/dsfda/settings.ts";
import { drawNetworks, keepSources, sourceStage } from "../tta/dsfda/source_stage.ts";
import type { DsfdaProgress } from "../tta/dsfda/progress.ts";
import { beginDsfda, slowedBy, trainDsfda } from "../tta/dsfda/train_dsfda.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { madeUpFaces, madeUpPeople, smallSizes } from "./small_dsfda.ts";

const classes = ["neutral", "pain"], size = smallSizes.side ** 2 * 3;
const data = { train: madeUpPeople(0, 3, 4), held: madeUpPeople(3, 2, 4) };
const start = drawNetworks(smallSizes, { people: 3, classes: 2 }, 7);
const small = { batch: 4, steps: 6, epochs: 6, rate: 1e-2, seed: 3, dropout: 0 };

/** Learnt once, as every step takes a second. */
const learning = (async () => {
  const device = await sharedDevice(), settings = dsfdaSettings("source", "fixed", small);
  using stage = await sourceStage(device, data, start, settings);
  const told: string[][] = [];
  const progress = await trainDsfda(device, stage, beginDsfda(stage, start), {
    onStep: (_, __, ___, losses) => told.push([...losses.keys()]),
  });
  const dsfda = await keepSources(device, progress.best, data, { classes }, { seed: 1, count: 4 });
  return { progress, dsfda, told };
})();

gpuTest("the source stage learns to tell expressions of people held out", async () => {
  const { progress: { history, bestEpoch }, dsfda, told } = await learning;
  const [first] = history, last = history.at(-1), best = history[bestEpoch - 1];
  assert.ok(first && last && best);
  // What an untrained network does is worth half of the answers and a loss of ln 2.
  assert.ok(best.held.accuracy >= 0.9, JSON.stringify(best.held));
  assert.ok(best.held.loss < 0.75 * Math.LN2, JSON.stringify(best.held));
  assert.ok((last.losses.fc ?? NaN) < 0.8 * (first.losses.fc ?? NaN), JSON.stringify(last));
  assert.deepEqual(
    new Set(told[0]),
    new Set([
      ...["D_FR_real", "D_FR_fake", "D_FR_total", "D_ER_real", "fc", "G_FR", "G_ER", "G_total"],
      ...["per_FR", "per_ER", "con_FR", "con_ER", "accuracy"],
    ]),
  );
  assert.deepEqual(dsfda.prototypes?.labels, [0, 0, 0, 0, 1, 1, 1, 1]);
  assert.ok(![...dsfda.parameters.keys()].some((name) => name.startsWith("Dis_FR.")));
});

const resting = [1, 2, 3].map((seed) => madeUpFaces(9, 0, 4, seed));
const target = { ...small, epochs: 2, steps: 2, dropout: 0.5 };

gpuTest("a training that is stopped within an epoch ends with the same bits", async () => {
  const device = await sharedDevice(), { dsfda } = await learning;
  const settings = dsfdaSettings("target", "fixed", target), from = targetStart(dsfda, settings);
  using stage = await targetStage(device, dsfda, holdOut(resting), from, settings);
  const whole = await trainDsfda(device, stage, beginDsfda(stage, from));
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "state"), stop = new AbortController();
    await assert.rejects(() =>
      trainDsfda(device, stage, beginDsfda(stage, from), {
        signal: stop.signal,
        onStep: (epoch, step) => epoch === 2 && step === 1 && stop.abort(),
        save: (progress) => saveProgress(path, progress),
      })
    );
    const stopped = await loadProgress(path, stage.of);
    assert.deepEqual([stopped.history.length, stopped.step], [1, 1]);
    assert.deepEqual(await trainDsfda(device, stage, stopped), whole);
    assert.notDeepEqual(whole.current.parameters, from);
    await assert.rejects(() => loadProgress(path, `${stage.of} `), { message: /other settings/ });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The progress after one step. */
async function oneStep(protocol: "fixed" | "official"): Promise<DsfdaProgress> {
  const device = await sharedDevice();
  const once = { ...small, epochs: 1, steps: 1 };
  using stage = await sourceStage(device, data, start, dsfdaSettings("source", protocol, once));
  return await trainDsfda(device, stage, beginDsfda(stage, start));
}

gpuTest("what the release does wrong is done only if asked for", async () => {
  const [fixed, official] = [await oneStep("fixed"), await oneStep("official")];
  const [ours] = fixed.history, [theirs] = official.history;
  assert.ok(ours && theirs);
  // Divided by 255 twice, the faces to draw are black: an untrained sigmoid is half a colour away.
  assert.ok(Math.abs((theirs.losses.con_FR ?? NaN) - 0.5) < 0.02, `${theirs.losses.con_FR}`);
  assert.ok((ours.losses.con_FR ?? NaN) < 0.4, `${ours.losses.con_FR}`);
  assert.notDeepEqual(official.current.parameters, fixed.current.parameters);
  const told = { loss: 0.5, losses: [0.25, 0.5, 1] };
  assert.equal(heldLoss("fixed", told), 0.5);
  assert.equal(heldLoss("official", told), 1.75 / 2);
  assert.equal(heldLoss("official", { loss: 0.5, losses: [0.5] }), Infinity);

  const device = await sharedDevice(), { dsfda } = await learning;
  const labelsOf = async (protocol: "fixed" | "official") => {
    const settings = dsfdaSettings("target", protocol, target), from = targetStart(dsfda, settings);
    using stage = await targetStage(device, dsfda, holdOut(resting), from, settings);
    return (await stage.faces(from, 1)).expression.labels;
  };
  assert.deepEqual(new Set(await labelsOf("official")), new Set([0]));
  const labels = await labelsOf("fixed");
  assert.equal(labels.filter((label) => label === 1).length, labels.length / 2);
  const anew = targetStart(dsfda, dsfdaSettings("target", "official", target));
  const kept = targetStart(dsfda, dsfdaSettings("target", "fixed", target));
  const encoder = (parameters: Parameters) => parametersOf(parameters, ["Gen.enc_FR."]);
  assert.deepEqual(encoder(kept), encoder(dsfda.parameters));
  assert.notDeepEqual(encoder(anew), encoder(dsfda.parameters));
});

Deno.test("rates fall to a tenth as PyTorch's ReduceLROnPlateau has it", () => {
  const after = (...losses: number[]) =>
    slowedBy({ plateau: 5 }, losses.map((loss) => ({ held: { loss, accuracy: 0 } })));
  assert.equal(after(1, 1, 1, 1, 1, 1).G_joint, 1); // five without a smaller one are borne
  const slowed = after(1, 1, 1, 1, 1, 1, 1);
  assert.deepEqual(slowed, { D_FR: 0.1, D_ER: 0.1, G_joint: 0.1 }); // not the classifier's
  assert.equal(after(1, 1, 1, 1, 1, 1, 0.9, 1, 1, 1, 1, 1).G_joint, 1);
  assert.equal(slowedBy({}, Array(20).fill({ held: { loss: 1, accuracy: 0 } })).D_FR, 1);
});

gpuTest("a slowed rate takes a step of that share", async () => {
  const device = await sharedDevice();
  const training = { ...dsfdaSettings("source", "fixed", small), ...smallSizes };
  const batch = {
    identity: colours(data.train.pixels.subarray(0, 4 * size)),
    identities: new Uint32Array(4),
    expression: colours(data.train.pixels.subarray(0, 4 * size)),
    expressions: new Uint32Array(4),
  };
  const name = "Gen.fc_ER.fc3.bias";
  const moved = async (fc: number) => {
    using trainer = new DsfdaTrainer(device, start, training);
    await trainer.step(batch, 0, { fc });
    return (await trainer.parameters()).get(name)?.numbers ?? new Float32Array(0);
  };
  const [whole, tenth] = [await moved(1), await moved(0.1)];
  // It starts at 0, so a step is the parameter itself, up to the rounding of four operations.
  for (const [i, step] of whole.entries()) {
    assert.ok(Math.abs(step) > 1e-3);
    assert.ok(Math.abs((tenth[i] as number) / step - 0.1) < 4 * 2 ** -23);
  }
});

gpuTest("the guard accepts what tells rest better, not what calls everything rest", async () => {
  const device = await sharedDevice(), { dsfda: learnt } = await learning;
  // Faces that the classifier tells: 36 steps teach no generator to draw such.
  const dsfda = { ...learnt, prototypes: madeUpPeople(0, 2, 2) };
  const settings = dsfdaSettings("target", "fixed", target), from = targetStart(dsfda, settings);
  using stage = await targetStage(device, dsfda, holdOut(resting), from, settings);
  const leaning = (by: number): Parameters => {
    const name = "Gen.fc_ER.fc3.bias", bias = from.get(name);
    assert.ok(bias);
    const numbers = bias.numbers.map((x, label) => label === 0 ? x + by : x);
    return new Map([...from, [name, { ...bias, numbers }]]);
  };
  assert.equal((await stage.judge(from)).acceptable, false, "no better than the sources'");
  assert.equal((await stage.judge(leaning(0.01))).acceptable, true);
  const collapsed = await stage.judge(leaning(100));
  assert.ok(collapsed.held.loss < 1e-3);
  assert.equal(collapsed.acceptable, false);
  const mistaken = { ...learnt, prototypes: { ...madeUpFaces(0, 0, 2), labels: [1, 1] } };
  using blind = await targetStage(device, mistaken, holdOut(resting), from, settings);
  assert.equal((await blind.judge(leaning(0.01))).acceptable, false, "no prototype is told");
});

gpuTest("a person's own keeps what decides, and no picture", async () => {
  const device = await sharedDevice(), { dsfda } = await learning;
  const settings = dsfdaSettings("target", "fixed", target);
  const { dsfda: own, generated } = await adaptDsfda(device, dsfda, resting, { settings });
  assert.equal(own.prototypes, undefined);
  assert.deepEqual(
    [...own.parameters.keys()],
    [...parametersOf(dsfda.parameters, deciding).keys()],
  );
  assert.deepEqual(generated.labels, [1, 1, 1, 1]);
  await assert.rejects(() => adaptDsfda(device, own as Dsfda, resting), { message: /once more/ });
  await assert.rejects(() => adaptDsfda(device, dsfda, [madeUpFaces(9, 0, 1)]), {
    message: /1 resting clips with 1 faces: wanted two clips/,
  });
});

gpuTest("classes reach the expression encoder only if asked for", async () => {
  const device = await sharedDevice(), count = 4;
  const expression = colours(data.train.pixels.subarray(2 * size, (2 + count) * size));
  const expressions = Uint32Array.of(0, 0, 1, 1);
  const batch = {
    ...{ expression, expressions, identities: Uint32Array.of(0, 1, 2, 0) },
    identity: colours(data.train.pixels.subarray(8 * size, (8 + count) * size)),
  };
  const gradients = async (trainEncoderByClasses: boolean) => {
    const training = dsfdaSettings("source", "fixed", { ...small, trainEncoderByClasses });
    using trainer = new DsfdaTrainer(device, start, { ...training, ...smallSizes });
    await trainer.step(batch, 0);
    return await trainer.gradients();
  };
  const [without, with_] = [await gradients(false), await gradients(true)];
  // The gradient of the classification alone, recorded once more.
  const own = parametersOf(start, deciding), layouts = layoutsOf(own);
  using plan = await record(device, (r) => {
    const weights = parameterInputs(r, layouts);
    const x = r.input("expression", [count, smallSizes.side, smallSizes.side, 3]);
    const logits = classify(r, weights, "Gen.fc_ER", encode(r, weights, "Gen.enc_ER", x));
    let loss = crossEntropy(r, logits, r.input("labels", [count, 1, 1], "u32"));
    while (loss.shape.length > 0) loss = mean(r, loss, -1);
    return grad(r, loss, [...weights.values()]);
  });
  writeParameters(plan, own);
  plan.write("expression", expression);
  plan.write("labels", expressions);
  plan.run();
  const alone = await device.read(plan.outputs);
  let most = 0;
  for (const [i, [name, layout]] of [...layouts].entries()) {
    if (!name.startsWith("Gen.enc_ER.")) continue;
    const classes = fromDevice(alone[i] as Float32Array<ArrayBuffer>, layout);
    const [a, b] = [without.get(name), with_.get(name)];
    assert.ok(a && b);
    const norm = (of: (i: number) => number) => Math.hypot(...a.map((_, i) => of(i)));
    const whole = norm((i) => b[i] as number);
    const apart = norm((i) => (b[i] as number) - (a[i] as number) - (classes[i] as number));
    // As golden gradients: the float32 sums of an encoder are a few 1e-6 off, twenty times of which is borne.
    assert.ok(apart <= 2e-4 * whole + 1e-7, `${name}: ${apart} of ${whole}`);
    most = Math.max(most, norm((i) => classes[i] as number) / whole);
  }
  assert.ok(most > 1e-2, `the classification's share is ${most}: too small to be seen`);
  for (const [name, gradient] of without) {
    if (!name.startsWith("Gen.enc_ER.")) assert.deepEqual(with_.get(name), gradient, name);
  }
});
