import assert from "node:assert/strict";
import type { Prediction } from "../model/clip_au/clip_au.ts";
import { debiased, debiasedImage, debiasedTexts, sharedBy } from "../tta/methods/debiased.ts";
import { normalizeIteratively } from "../tta/methods/ifn.ts";
import { zeroShot } from "../tta/methods/zero_shot.ts";
import { dot, largestAt, unit } from "../numbers/vectors.ts";
import { gpuTest } from "./devices.ts";
import { madeUpSource, withSetup } from "./eval_people.ts";

/** A head that calls a clip pain whose first number is above its threshold in the mean. */
const thresholdAt = (threshold: number) => ({
  predict: (clips: readonly Float32Array[]) =>
    Promise.resolve(clips.map((clip): Prediction => {
      const mean = clip.reduce((sum, x) => sum + x, 0) / clip.length;
      const probabilities = mean > threshold ? [0, 1] : [1, 0];
      return { probabilities, logits: probabilities } as unknown as Prediction;
    })),
});

const flat = (x: number) => new Float32Array(3).fill(x);

Deno.test("IFN comes to the mean of the neutral clips, though it starts from a wrong face", async () => {
  // This face rests at 2; the head takes the usual face to be at 0 and pain to begin at 3. The clip at
  // 3.5 is called pain at first, and neutral once the rest is known to be higher than usual.
  const clips = [2, 2.2, 3.5, 9].map(flat);
  const rest = await normalizeIteratively(thresholdAt(3), clips, new Float32Array(1));
  assert.ok(Math.abs((rest[0] as number) - (2 + 2.2 + 3.5) / 3) < 1e-6, `${rest}`);
});

Deno.test("IFN keeps the usual face if no clip is called neutral, and ends if clips go back and forth", async () => {
  const usual = Float32Array.of(0.5);
  assert.deepEqual(await normalizeIteratively(thresholdAt(-9), [flat(1)], usual), usual);
  let asked = 0;
  const fickle = {
    predict: (clips: readonly Float32Array[]) => {
      asked++;
      return Promise.resolve(clips.map((_, i) => {
        const probabilities = (i + asked) % 2 === 0 ? [1, 0] : [0, 1];
        return { probabilities, logits: probabilities } as unknown as Prediction;
      }));
    },
  };
  await normalizeIteratively(fickle, [flat(1), flat(2)], usual);
  assert.equal(asked, 20);
});

Deno.test("what is shared is taken off: images and texts no longer depend on the person", () => {
  // The first number is the person, the second the expression, the third the common words.
  const images = [[5, 1, 0], [5, -1, 0]].map((x) => unit(Float64Array.from(x)));
  const shared = sharedBy(images);
  assert.ok(Math.abs(shared.mean[1] as number) < 1e-12);
  assert.equal(shared.share, 2 / 3);
  // The word for pain lies near to this face.
  const texts = [[0, -0.3, 1], [2, 0.3, 1]].map((x) => unit(Float64Array.from(x)));
  const plain = images.map((image) => largestAt(texts.map((text) => dot(text, image))));
  assert.deepEqual(plain, [1, 1], "before, everything is pain");
  const own = debiasedTexts(texts, shared);
  for (const text of own) {
    assert.ok(Math.abs(text[0] as number) < 1e-12, "no part of a text points at the person");
  }
  const decided = images.map((image) =>
    largestAt(own.map((text) => dot(text, debiasedImage(image, shared))))
  );
  assert.deepEqual(decided, [1, 0]);
});

gpuTest("debiasing needs no head, and decides otherwise among other clips than alone", async () => {
  await withSetup(async ({ model: _, ...bare }) => {
    const clip = madeUpSource("a", 0, 3), others = [4, 5].map((s) => madeUpSource("a", 0, s));
    using plain = await zeroShot.open(bare);
    using method = await debiased.open(bare);
    const { probabilities: before } = await plain.decide(clip);
    await method.begin({ subject: "a", clips: [clip] });
    const { probabilities: alone } = await method.decide(clip);
    await method.begin({ subject: "a", clips: [clip, ...others] });
    const { probabilities: among } = await method.decide(clip);
    for (const p of [alone, among]) assert.notDeepEqual(p, before);
    assert.notDeepEqual(alone, among);
  });
});
