import assert from "node:assert/strict";
import { Rng, Weights } from "../engine/mod.ts";
import { ClipAutt } from "../tta/clip_autt/clip_autt.ts";
import { freshTuning, type TunedPrediction } from "../tta/clip_autt/tuning.ts";
import { PromptTuner } from "../tta/clip_autt/prompt_tuner.ts";
import type { SubjectState } from "../tta/clip_autt/subject_state.ts";
import { layPrompts } from "../tta/clip_autt/prompt_layout.ts";
import {
  checkSettings,
  tuningModes,
  type TuningSettings,
} from "../tta/clip_autt/tuning_settings.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";
import { openSmall } from "./small_adaptation.ts";
import { smallClips, smallModel } from "./small_tuning.ts";

const subject: TuningSettings = { ...tuningModes.subject, window: 8, contextTokens: 2 };

Deno.test("vectors on words take no row of their own, and none lies on the end", () => {
  // Start 9, end 10: the second sentence has fewer words than there are vectors.
  const layout = layPrompts([[9, 1, 2, 3, 10], [9, 4, 10]], subject);
  assert.equal(layout.rows, 7);
  assert.deepEqual(layout.positions, [0, 1, 2, 3, 4, 1, 2]);
  assert.deepEqual([...layout.fixed], [
    [0, 9],
    ...[[1, 1], [2, 2], [3, 3], [4, 10]],
    ...[[5, 4], [6, 10]],
  ]);
  assert.deepEqual([[...layout.slots], [...layout.places]], [[0, 1, 2], [1, 2, 5]]);
  assert.deepEqual([...layout.sight.ranges], [
    ...[0, 1],
    ...[1, 2, 1, 3, 1, 4, 1, 5],
    ...[5, 6, 5, 7],
  ]);
  assert.deepEqual([[...layout.read], [...layout.readSight.ranges]], [[4, 6], [1, 5, 5, 7]]);
});

Deno.test("settings of the subject's mode that make no sense are refused", () => {
  const refuse = (change: Partial<TuningSettings>, wanted: RegExp) =>
    assert.throws(() => checkSettings({ ...subject, ...change }), wanted);
  checkSettings({ ...subject, prior: [.7, .3] });
  refuse({ keepWords: false }, /vectors on words that are left out: keep the words/);
  refuse(
    { prior: [.5, .6] },
    /towards the shares 0\.5, 0\.6: wanted some above 0 that add up to 1/,
  );
  refuse({ prior: [1, 0] }, /wanted some above 0/);
  refuse({ prior: [1.5, -.5] }, /wanted some above 0/);
  refuse({ prior: [NaN, 1] }, /wanted some above 0/);
  refuse({ prior: [] }, /add up to 1/);
});

gpuTest(
  "sentences that fill the context can be tuned on their words, and not before them",
  async () => {
    const device = await sharedDevice();
    using weights = new Weights(device);
    const model = await smallModel(device, weights);
    const [start = 0, , , end = 0] = model.sentences[1] ?? [];
    const long = [start, ...new Array<number>(18).fill(4), end]; // 20 tokens: the whole context
    const sentences = [long, ...model.sentences.slice(1)];
    using tuner = await PromptTuner.open({ ...model, sentences }, subject);
    assert.equal(Math.max(...tuner.layout.positions), 19);
    const before = { ...tuningModes.paper, contextTokens: 1 };
    const { message } = await rejection(PromptTuner.open({ ...model, sentences }, before));
    assert.match(message, /prompts of 21 tokens: the text tower takes 20/);
    const shares = { ...subject, prior: [.5, .5] };
    assert.equal(
      (await rejection(PromptTuner.open(model, shares))).message,
      "Cannot tune towards 2 shares: the model has 3 classes",
    );
  },
);

/** The mean of decisions. */
function meanOf(predictions: readonly TunedPrediction[]): number[] {
  const [first] = predictions;
  return [...first?.probabilities ?? []].map((_, c) =>
    predictions.reduce((sum, { probabilities }) => sum + (probabilities[c] ?? NaN), 0) /
    predictions.length
  );
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0);
const entropyOf = (shares: ArrayLike<number>) =>
  -sumOf(Array.from(shares, (share) => share * Math.log(share)));

gpuTest(
  "the information loss is the mean entropy and the mean's divergence from the prior",
  async () => {
    const device = await sharedDevice();
    using weights = new Weights(device);
    const model = await smallModel(device, weights), clips = await smallClips(model, [7, 7, 7]);
    const even = [1 / 3, 1 / 3, 1 / 3], uneven = [.6, .3, .1];
    for (
      const [settings, shares] of [[subject, even], [
        { ...subject, prior: uneven },
        uneven,
      ]] as const
    ) {
      using tuner = await PromptTuner.open(model, settings);
      const [units, tokens, width] = tuner.contextShape;
      const start = freshTuning(new Float32Array(units * tokens * width));
      const { steps } = await tuner.tune(start, clips, { steps: 3 });
      for (const { loss, predictions } of steps) {
        const certainty = sumOf(predictions.map(({ probabilities }) => entropyOf(probabilities))) /
          clips.length;
        const divergence = sumOf(
          meanOf(predictions).map((p, c) => p * Math.log(p / (3 * (shares[c] ?? NaN)))),
        );
        assert.ok(Math.abs(loss - certainty - divergence) < 2e-6, `${loss}`);
      }
    }
  },
);

gpuTest(
  "certainty alone ends in one class, certainty with the mean held even does not",
  async () => {
    const device = await sharedDevice();
    using weights = new Weights(device);
    const model = await smallModel(device, weights);
    const clips = await smallClips(model, [7, 7, 7, 7, 7, 7]);
    const end = async (loss: TuningSettings["loss"]) => {
      using tuner = await PromptTuner.open(model, { ...subject, loss, rate: .02 });
      const [units, tokens, width] = tuner.contextShape;
      const start = freshTuning(new Float32Array(units * tokens * width));
      const { tuning } = await tuner.tune(start, clips, { steps: 40 });
      const [before, after] = [
        await tuner.predict(start, clips),
        await tuner.predict(tuning, clips),
      ];
      return { before: entropyOf(meanOf(before)), after: entropyOf(meanOf(after)) };
    };
    const certain = await end("entropy"), informed = await end("information");
    assert.equal(certain.before, informed.before);
    assert.ok(certain.after < certain.before, `${certain.before} to ${certain.after}`);
    assert.ok(informed.after > certain.after + .05, `${informed.after} and ${certain.after}`);
  },
);

/** Features of a made-up video. */
function video(frames: number, seed: number, width: number): Float32Array<ArrayBuffer> {
  const rng = new Rng(seed);
  return Float32Array.from({ length: frames * width }, () => rng.normal());
}

gpuTest("the subject's mode begins with what the model finds without any tuning", async () => {
  using small = await openSmall(await sharedDevice());
  using autt = await ClipAutt.open(small.model, { settings: { ...subject, steps: 2 } });
  const features = video(7, 1, small.clip.config.embedding);
  const { before, after, steps } = await autt.adapt(features);
  const [plain] = await small.model.predict([features]);
  for (const name of ["logits", "probabilities", "similarities", "embedding"] as const) {
    for (const [i, x] of before[name].entries()) {
      assert.ok(Math.abs(x - (plain?.[name][i] ?? NaN)) < 1e-5, `${name}: ${x}`);
    }
  }
  assert.notDeepEqual(after.logits, before.logits);
  assert.equal(steps.length, 2);
});

gpuTest("a person's state is of the prior that it was made with, and of no other", async () => {
  using small = await openSmall(await sharedDevice());
  const towards = async (prior?: readonly number[]) =>
    await ClipAutt.open(small.model, {
      settings: { ...subject, steps: 1, ...prior && { prior } },
      reset: "subject",
    });
  using seldom = await towards([.8, .2]);
  using again = await towards([.8, .2]);
  using often = await towards([.2, .8]);
  using even = await towards();
  await seldom.adapt(video(9, 1, small.clip.config.embedding));
  // As it is after writing and reading.
  const { settings } = JSON.parse(JSON.stringify(seldom.state)) as SubjectState;
  const state = { ...seldom.state, settings };
  again.restore(state);
  assert.deepEqual(again.state.tuning, state.tuning);
  assert.throws(
    () => often.restore(state),
    /its setting "prior" is \[0\.8,0\.2\], and \[0\.2,0\.8\] is in/,
  );
  assert.throws(
    () => even.restore(state),
    /its setting "prior" is \[0\.8,0\.2\], and undefined is in/,
  );
  assert.throws(() => seldom.restore(even.state), /its setting "prior" is undefined, and \[0\.8/);
});

gpuTest("videos of any lengths are adapted to together, a single one in pieces", async () => {
  using small = await openSmall(await sharedDevice());
  const settings = { ...subject, steps: 2 }, width = small.clip.config.embedding;
  using autt = await ClipAutt.open(small.model, { settings });
  const videos = [video(3, 1, width), video(12, 2, width), video(9, 3, width), video(12, 4, width)];
  const found = await autt.adaptTogether(videos);
  assert.deepEqual(found.map(({ after }) => after.windowEntropy.length), [1, 5, 2, 5]);
  for (const { steps, moved } of found) {
    assert.equal(steps, found[0]?.steps, "the steps are of all");
    assert.deepEqual(steps.map(({ predictions }) => predictions.length), [4, 4]);
    assert.deepEqual(moved, found[0]?.moved);
  }
  // In order: each one's decision before is its own, whatever else is there.
  for (const [i, features] of videos.entries()) {
    const [alone] = await autt.adaptTogether([features]);
    assert.ok(Math.abs((alone?.before.entropy ?? NaN) - (found[i]?.before.entropy ?? NaN)) < 1e-5);
  }
  assert.deepEqual(await autt.adaptTogether(videos), found);
  const pieces = async (frames: number) => {
    const { steps } = await autt.adapt(video(frames, 5, width));
    return steps[0]?.predictions.length;
  };
  assert.deepEqual([await pieces(1), await pieces(2), await pieces(9), await pieces(60)], [
    1,
    2,
    2,
    3,
  ]);
  assert.match((await rejection(autt.adaptTogether([]))).message, /on no clips/);
  const broken = video(12, 2, width).fill(NaN, 3, 4);
  assert.match(
    (await rejection(autt.adaptTogether([video(3, 1, width), broken]))).message,
    /not all finite numbers/,
  );
});
