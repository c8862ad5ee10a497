import assert from "node:assert/strict";
import { Weights } from "../engine/mod.ts";
import { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import type { TunedPrediction } from "../tta/clip_autt/tuning.ts";
import { tuningModes } from "../tta/clip_autt/tuning_settings.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";
import { smallClips, smallModel, smallStart } from "./small_tuning.ts";

/** Sums in another order differ by some of float32's last digits, and ten steps multiply that. */
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    assert.ok(difference <= tolerance, `${i}: ${a[i]} for ${b[i]}`);
  }
};

const sameDecision = (a: TunedPrediction, b: TunedPrediction) => {
  assert.equal(a.start, b.start);
  near(a.windowEntropy, b.windowEntropy, 2e-5);
  near(a.windowLogits, b.windowLogits, 2e-5);
  near(a.probabilities, b.probabilities, 2e-5);
};

for (const mode of [tuningModes.paper, tuningModes.subject]) {
  gpuTest(`${mode.mode} tunes on a long video in pieces as it does on the whole`, async () => {
    const device = await sharedDevice();
    using weights = new Weights(device);
    const settings = { ...mode, window: 4, contextTokens: 2, steps: 3 };
    const model = await smallModel(device, weights), clips = await smallClips(model, [26, 26]);
    const inPieces = async (mostWindows: number) => {
      using tuner = await PromptTuner.open(model, settings, mostWindows);
      const start = smallStart(tuner);
      const told: number[] = [];
      const run = await tuner.tune(start, clips, { onStep: (_, done) => told.push(done) });
      assert.deepEqual(told, [1, 2, 3]);
      return {
        before: await tuner.predict(start, clips),
        run,
        after: await tuner.predict(run.tuning, clips),
      };
    };
    // Of 23 windows each: all at once, and in pieces of 5 with a rest of 3.
    const whole = await inPieces(46), pieces = await inPieces(5);
    for (const when of ["before", "after"] as const) {
      for (const [i, prediction] of whole[when].entries()) {
        sameDecision(pieces[when][i] as TunedPrediction, prediction);
      }
    }
    for (const [i, step] of whole.run.steps.entries()) {
      const other = pieces.run.steps[i];
      near([other?.loss ?? NaN], [step.loss], 2e-5);
      for (const [clip, prediction] of step.predictions.entries()) {
        sameDecision(other?.predictions[clip] as TunedPrediction, prediction);
      }
    }
    near(pieces.run.tuning.context, whole.run.tuning.context, 2e-5);
    assert.equal(pieces.run.tuning.step, whole.run.tuning.step);
  });
}

gpuTest("tuning in pieces stops when it is told to, and at a step that is not finite", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const model = await smallModel(device, weights), clips = await smallClips(model, [26]);
  const settings = { ...tuningModes.paper, window: 4, contextTokens: 2, steps: 3 };
  using tuner = await PromptTuner.open(model, settings, 5);
  const start = smallStart(tuner), stop = new AbortController();
  const onStep = () => stop.abort(new Error("enough"));
  const stopped = await rejection(tuner.tune(start, clips, { signal: stop.signal, onStep }));
  assert.equal(stopped.message, "enough");
  const broken = { ...start, context: start.context.map((x, i) => i === 3 ? NaN : x) };
  const run = await tuner.tune(broken, clips);
  assert.deepEqual([run.steps, run.tuning], [[], broken]);
  assert.match(run.stopped ?? "", /^step 1 was not finite \(loss NaN\)$/);
});
