import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { entropyOf, unit, unitRows } from "../numbers/vectors.ts";
import { methods, type UnlabelledClip } from "../tta/methods/mod.ts";
import { ClassCache, tda, tdaSettings } from "../tta/methods/tda.ts";
import {
  confidentViews,
  meanEntropy,
  openTpt,
  pullOnTexts,
  tptSettings,
} from "../tta/methods/tpt.ts";
import { zeroShot } from "../tta/methods/zero_shot.ts";
import { gpuTest } from "./devices.ts";
import { madeUpSource, width, withSetup } from "./eval_people.ts";
import { madeUpFaces, smallDsfda } from "./small_dsfda.ts";

const near = (got: ArrayLike<number>, wanted: ArrayLike<number>, within: number) =>
  assert.ok(
    got.length === wanted.length &&
      Array.from(got).every((x, i) => Math.abs(x - (wanted[i] ?? NaN)) <= within),
    `${Array.from(got)} for ${Array.from(wanted)}`,
  );

/** A clip with pictures of made-up faces, for the method that takes these. */
const pictured = (clip: UnlabelledClip, number: number): UnlabelledClip => ({
  ...clip,
  faces: () => Promise.resolve(madeUpFaces(4, number % 2, 3).pixels),
});

gpuTest(
  "every method decides by probabilities, the same again for the person begun anew",
  async () => {
    const clips = [1, 2, 3].map((seed) =>
      pictured(madeUpSource("a", 0, seed, { frames: 4 + seed }), seed)
    );
    const sources = ["b", "c", "d", "e"].flatMap((subject, i) =>
      [0, 1].map((label) => madeUpSource(subject, label, 10 + 2 * i + label, { frames: 12 }))
    );
    await withSetup(async (setup) => {
      for (const entry of methods) {
        using method = await entry.open({ ...setup, dsfda: smallDsfda() });
        const run = async () => {
          const resting = [7, 8].map((seed) => madeUpSource("a", 0, seed, { frames: 12 }));
          // DSFDA would train for a minute: tests/dsfda_command_test.ts lets it.
          const told = entry.name === "dsfda" ? {} : { resting };
          await method.begin({ subject: "a", clips, ...told });
          const decided: Float32Array[] = [];
          for (const clip of clips) decided.push((await method.decide(clip)).probabilities);
          return decided;
        };
        const first = await run();
        for (const probabilities of first) {
          assert.equal(probabilities.length, 2, entry.name);
          assert.ok(Math.abs((probabilities[0] ?? 0) + (probabilities[1] ?? 0) - 1) < 1e-5);
        }
        assert.deepEqual(await run(), first, entry.name);
      }
    }, sources);
  },
);

gpuTest("a method that needs a head says so, and official's draws differ", async () => {
  await withSetup(async (setup) => {
    const { model: _, ...bare } = setup, clip = madeUpSource("a", 0, 1);
    for (const entry of methods.filter(({ needs }) => needs.includes("head"))) {
      await assert.rejects(async () => await entry.open(bare), { message: /without a head/ });
    }
    const official = methods.find(({ name }) => name === "official");
    assert.equal(official?.draws, 5);
    const told: Float32Array[] = [];
    for (const draw of [0, 1]) {
      using method = await official?.open({ ...setup, draw }) ?? assert.fail();
      told.push((await method.decide(clip)).probabilities);
    }
    assert.notDeepEqual(told[0], told[1]);
  });
});

gpuTest("whoever looks ahead with gradients is stopped by a signal as it begins", async () => {
  await withSetup(async (setup) => {
    const subject = methods.find(({ name }) => name === "subject") ?? assert.fail();
    using method = await subject.open(setup);
    const clips = [1, 2].map((seed) => madeUpSource("a", 0, seed)), stop = new AbortController();
    const begun = method.begin({ subject: "a", clips }, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(async () => await begun, { message: "enough" });
    await method.begin({ subject: "a", clips });
    assert.equal((await method.decide(clips[0] ?? assert.fail())).probabilities.length, 2);
  });
});

gpuTest("zero-shot is the softmax of scaled cosines", async () => {
  await withSetup(async (setup) => {
    using method = await zeroShot.open(setup);
    const video = madeUpSource("a", 0, 3), features = await video.features();
    const texts = await setup.clip.encodeTexts(
      ["neutral", "pain"].map((name) => `a person with an expression of ${name}.`),
    );
    const mean = new Float64Array(width);
    for (let f = 0; f < 6; f++) {
      const row = features.subarray(f * width, (f + 1) * width), length = Math.hypot(...row);
      for (const [i, x] of row.entries()) mean[i] = (mean[i] ?? 0) + x / length;
    }
    const logits = unitRows(texts, width).map((text) =>
      setup.clip.logitScale * text.reduce((sum, x, i) => sum + x * (mean[i] ?? 0), 0) /
      Math.hypot(...mean)
    );
    const odds = Math.exp((logits[1] ?? 0) - (logits[0] ?? 0));
    near((await method.decide(video)).probabilities, [1 / (1 + odds), odds / (1 + odds)], 1e-6);
  });
});

Deno.test("TPT's derivative is that of its loss, by differences", () => {
  const rng = new Rng(3), wide = 7;
  const vector = () => unit(Float64Array.from({ length: wide }, () => rng.normal()));
  const views = Array.from({ length: 12 }, vector), texts = [vector(), vector(), vector()];
  const loss = (some: readonly Float64Array[]) =>
    meanEntropy({ texts: some, scale: 3 }, views, 0.3);
  const got = pullOnTexts({ texts, scale: 3 }, views, 0.3), h = 1e-3;
  const wanted = texts.flatMap((text, c) =>
    Array.from(text, (_, i) => {
      const moved = (by: number) =>
        loss(texts.map((other, k) => k === c ? other.with(i, (other[i] ?? 0) + by) : other));
      return (moved(h) - moved(-h)) / (2 * h);
    })
  );
  near(got, wanted, 2e-4);
  const sure = [0.5, 0.9, 0.6, 0.99].map((p) => ({ probabilities: [p, 1 - p] }));
  assert.deepEqual(confidentViews(sure, 0.5).map(({ probabilities }) => probabilities[0]), [
    0.99,
    0.9,
  ]);
  assert.equal(confidentViews(sure, 0.1).length, 1);
});

gpuTest("TPT's step makes the decision on its views more certain", async () => {
  await withSetup(async (setup) => {
    using tuned = await openTpt(setup, { ...tptSettings, rate: 1e-4 });
    using plain = await zeroShot.open(setup);
    for (let seed = 1; seed <= 6; seed++) {
      // The only view is the clip itself, so that the decision's entropy is the loss.
      const video = madeUpSource("a", 0, seed, { frames: 1 });
      const before = entropyOf((await plain.decide(video)).probabilities);
      const after = entropyOf((await tuned.decide(video)).probabilities);
      assert.ok(after < before, `${before} to ${after}`);
    }
  });
});

Deno.test("a cache keeps the most certain of each class, and says so by nearness", () => {
  const cache = new ClassCache({ capacity: 2, share: 2, sharpness: 5 });
  const x = Float64Array.of(1, 0), across = Float64Array.of(0, 1);
  const offer = (label: number, key: Float64Array, entropy: number) =>
    cache.offer(label, { key, entropy, values: [0, 1].map((c) => Number(c === label)) });
  near(cache.logits(x, 2), [0, 0], 0);
  offer(0, x, 0.3);
  near(cache.logits(x, 2), [2, 0], 1e-12);
  near(cache.logits(across, 2), [2 * Math.exp(-5), 0], 1e-12);
  offer(0, across, 0.2);
  offer(0, across, 0.4); // less certain than both: refused
  near(cache.logits(x, 2), [2 + 2 * Math.exp(-5), 0], 1e-12);
  offer(0, across, 0.1); // takes the place of the first
  near(cache.logits(x, 2), [4 * Math.exp(-5), 0], 1e-12);
  offer(1, x, 0.6);
  near(cache.logits(x, 2), [4 * Math.exp(-5), 2], 1e-12);
});

gpuTest("TDA adds what its caches say to CLIP's logits, a clip's own entry included", async () => {
  await withSetup(async (setup) => {
    using method = await tda.open(setup);
    using plain = await zeroShot.open(setup);
    const video = madeUpSource("a", 0, 4);
    await method.begin({ subject: "a", clips: [video] });
    const [p0 = 0, p1 = 0] = (await plain.decide(video)).probabilities;
    const [q0 = 0, q1 = 0] = (await method.decide(video)).probabilities;
    const doubt = -(p0 * Math.log(p0) + p1 * Math.log(p1)) / Math.log(2);
    const ambiguous = doubt > 0.2 && doubt < 0.5;
    const { positive, negative } = tdaSettings, up = p1 > p0 ? 1 : -1;
    const denied = ambiguous ? Number(p1 > 0.03) - Number(p0 > 0.03) : 0;
    near(
      [Math.log(q1 / q0)],
      [Math.log(p1 / p0) + up * positive.share - denied * negative.share],
      1e-4,
    );
  });
});
