import assert from "node:assert/strict";
import { Rng } from "../numbers/rng.ts";
import { Adam } from "../tta/pft/adam.ts";
import { FrozenClassifier } from "../tta/pft/frozen_classifier.ts";
import { gradeSource, gradeTarget } from "../tta/pft/stages.ts";
import {
  copyWeights,
  newTranslator,
  parametersOf,
  type TranslatorWeights,
} from "../tta/pft/translator.ts";
import { type StepLoss, TranslatorTrainer } from "../tta/pft/translator_trainer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const width = 12, hidden = 10, inner = 8, classes = 3, batch = 5;
const rng = new Rng(31);
const drawn = (length: number) => Float64Array.from({ length }, () => Math.fround(rng.normal()));

const classifier = new FrozenClassifier({
  bottleneckWeight: drawn(inner * width),
  bottleneckBias: drawn(inner),
  normWeight: drawn(inner),
  normBias: drawn(inner),
  runningMean: drawn(inner),
  runningVariance: drawn(inner).map((x) => 0.5 + x ** 2),
  classBias: drawn(classes),
  classLengths: drawn(classes).map(Math.abs),
  classDirections: drawn(classes * inner),
});

/** Close relative to the largest number of the tensor. */
function near(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, within = 2e-5) {
  const most = Array.from(wanted).reduce((a, x) => Math.max(a, Math.abs(x)), 1e-3);
  assert.equal(got.length, wanted.length, what);
  for (let i = 0; i < wanted.length; i++) {
    const apart = Math.abs((got[i] as number) - (wanted[i] as number));
    assert.ok(apart <= within * most, `${what}, ${i}: ${got[i]} for ${wanted[i]}`);
  }
}

/** Weights of float32 whose second layer isn't zero. */
function drawnTranslator(): TranslatorWeights {
  const weights = newTranslator(width, hidden, rng);
  weights.firstWeight.set(weights.firstWeight.map(Math.fround));
  weights.firstBias.set(weights.firstBias.map(Math.fround));
  weights.secondWeight.set(drawn(width * hidden));
  return weights;
}

const numbers = (loss: StepLoss) => [loss.total, loss.crossEntropy, loss.consistency, loss.style];

gpuTest(
  "the source stage on the device agrees with the float64 reference, step by step",
  async () => {
    const device = await sharedDevice(), weights = drawnTranslator(), rate = 1e-2, weight = 0.7;
    const setup = { classifier, batch, hidden, rate, weight };
    using trainer = await TranslatorTrainer.open(device, "source", setup, weights);
    const own = copyWeights(weights), adam = new Adam(parametersOf(own), rate);
    for (let step = 0; step < 4; step++) {
      // The donor has another number of rows.
      const features = drawn(batch * width),
        donor = drawn(7 * width),
        labels = [0, 2, 1, 1, step % 3];
      const { loss, gradients } = gradeSource(classifier, own, { features, labels, donor }, weight);
      trainer.step({ features, labels, donor });
      near(
        numbers(await trainer.loss()),
        [loss.total, loss.crossEntropy, loss.consistency, loss.style],
        `losses of step ${step}`,
        1e-4,
      );
      const got = parametersOf(await trainer.gradients());
      for (const [p, wanted] of parametersOf(gradients).entries()) {
        near(got[p] ?? [], wanted, `gradient ${p} of step ${step}`, 2e-4);
      }
      adam.step(parametersOf(own), parametersOf(gradients));
      const moved = parametersOf(await trainer.read());
      for (const [p, wanted] of parametersOf(own).entries()) {
        near(moved[p] ?? [], wanted, `parameter ${p} after step ${step}`, 2e-3);
      }
      // From here on both go on from the same numbers, so that rounding does not add up.
      if (step === 1) assert.notDeepEqual(own, weights);
    }
  },
);

gpuTest("the target stage on the device agrees with the float64 reference", async () => {
  const device = await sharedDevice(), weights = drawnTranslator();
  const setup = { classifier, batch, hidden, rate: 1e-2, weight: 0.1 };
  using trainer = await TranslatorTrainer.open(device, "target", setup, weights);
  const features = drawn(batch * width), labels = new Uint8Array(batch);
  const { loss, gradients } = gradeTarget(classifier, weights, features, 0.1);
  trainer.step({ features, labels });
  const got = await trainer.loss();
  near([got.total, got.crossEntropy], [loss.total, loss.neutral], "losses", 1e-4);
  near([got.consistency], [loss.consistency], "consistency", 1e-4);
  assert.ok(Number.isNaN(got.style), "resting clips have no style to take");
  const graded = parametersOf(await trainer.gradients());
  for (const [p, wanted] of parametersOf(gradients).entries()) {
    near(graded[p] ?? [], wanted, `gradient ${p}`, 2e-4);
  }
});

gpuTest(
  "a new translator leaves features alone: its first layer gets no slope and stays",
  async () => {
    const device = await sharedDevice(), weights = newTranslator(width, hidden, rng);
    const setup = { classifier, batch, hidden, rate: 1e-2, weight: 1 };
    using trainer = await TranslatorTrainer.open(device, "source", setup, weights);
    const before = await trainer.read();
    trainer.step({ features: drawn(batch * width), labels: [0, 1, 2, 0, 1], donor: drawn(36) });
    assert.equal((await trainer.loss()).consistency, 0);
    const gradients = await trainer.gradients(), after = await trainer.read();
    assert.ok(gradients.firstWeight.every((slope) => slope === 0));
    assert.deepEqual(after.firstWeight, before.firstWeight);
    assert.deepEqual(after.firstBias, before.firstBias);
    assert.ok(after.secondWeight.some((x) => x !== 0), "the second layer learns");
  },
);
