import assert from "node:assert/strict";
import { join } from "node:path";
import { Rng } from "../numbers/rng.ts";
import { largestAt } from "../numbers/vectors.ts";
import { adaptLatentPft, targetStage } from "../tta/pft/adapt_latent_pft.ts";
import { LatentPftDecider, rowsOfClip } from "../tta/pft/latent_pft.ts";
import { loadLatentPft, saveLatentPft } from "../tta/pft/latent_pft_file.ts";
import { type LabelledClip, learnLatentPft } from "../tta/pft/learn_latent_pft.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const width = 16, frames = 10;

/** People differ in most features, and show the class in the first four. */
function clipOf(person: number, label: number, seed: number): LabelledClip {
  const face = new Rng(100 + person), rng = new Rng(1000 * person + 10 * seed + label);
  const own = Float64Array.from({ length: width }, () => face.normal());
  const features = Float32Array.from({ length: frames * width }, (_, i) => {
    const d = i % width;
    return (d < 4 ? 2 * (label - 0.5) : own[d] as number) + 0.3 * rng.normal();
  });
  return { subject: `${person}`, label, features: () => Promise.resolve(features) };
}

const sources = Array.from(
  { length: 10 },
  (_, person) => Array.from({ length: 8 }, (_, n) => clipOf(person, n % 2, n)),
).flat();

const options = {
  classes: ["neutral", "pain"],
  clip: { name: "made up", fingerprint: "none" },
  width,
};

const learning = sharedDevice().then((device) => learnLatentPft(device, sources, options));

gpuTest(
  "what is learnt from people tells the classes of others apart, twice the same",
  async () => {
    const learnt = await learning, decider = new LatentPftDecider(learnt);
    const tested = Array.from({ length: 20 }, (_, i) => clipOf(20 + (i >> 2), i % 2, i));
    let right = 0;
    for (const { label, features } of tested) {
      const probabilities = decider.decide(await features());
      assert.ok(Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-9);
      if (largestAt(probabilities) === label) right++;
    }
    assert.ok(right >= 16, `${right} of 20`);
    assert.ok(
      learnt.translator.secondWeight.some((x) => x !== 0),
      "the translator learnt something",
    );
    const again = await learnLatentPft(await sharedDevice(), sources, options);
    assert.deepEqual(again, learnt);
  },
);

gpuTest(
  "adapting needs resting clips alone, leaves the sources' model and keeps no source",
  async () => {
    const device = await sharedDevice(), learnt = await learning;
    const resting = await Promise.all([1, 2, 3].map((n) => clipOf(30, 0, n).features()));
    const { pft, survival } = await adaptLatentPft(device, learnt, resting);
    assert.equal(pft.probes, undefined);
    assert.ok(pft.scale > 0, JSON.stringify(survival));
    assert.equal(learnt.scale, 1);
    const single = await adaptLatentPft(device, learnt, resting.slice(0, 1));
    assert.ok(single.pft.scale > 0);
    await assert.rejects(() => adaptLatentPft(device, learnt, [new Float32Array(9 * width)]), {
      message: /Cannot adapt to 1 resting clips with 1 rows of frames: wanted two clips/,
    });
    await assert.rejects(() => adaptLatentPft(device, pft, resting), { message: /once more/ });
  },
);

gpuTest("the guard takes back what would call everything neutral", async () => {
  const device = await sharedDevice(), learnt = await learning;
  const resting = await Promise.all([1, 2, 3].map((n) => clipOf(30, 1, n).features()));
  // Ten thousand times the weight, on clips that are not neutral at all, for long: it must collapse.
  const settings = { ...targetStage, neutral: 1000, rate: 1e-2, epochs: 60, patience: 60 };
  const { pft, survival } = await adaptLatentPft(device, learnt, resting, { settings });
  const [whole] = survival, source = survival.at(-1);
  assert.ok(whole && source && whole.expressive < 0.8 * source.expressive, "it did collapse");
  assert.ok(pft.scale < 1, `scale ${pft.scale}`);
  const taken = survival.find(({ scale }) => scale === pft.scale);
  assert.ok(taken && taken.expressive >= 0.8 * source.expressive);
});

gpuTest("a file gives the same decisions; what is not whole is refused in a sentence", async () => {
  const learnt = await learning, folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "t.safetensors"), features = await clipOf(40, 1, 1).features();
    await saveLatentPft(path, learnt);
    const read = await loadLatentPft(path, ["neutral", "pain"]);
    const [got, wanted] = [read, learnt].map((one) => new LatentPftDecider(one).decide(features));
    assert.ok(got && wanted && got.every((p, c) => Math.abs(p - (wanted[c] as number)) < 1e-5));
    await assert.rejects(() => loadLatentPft(path, ["neutral", "joy"]), {
      message: /it tells neutral and pain apart: wanted neutral and joy/,
    });
    const bent = {
      ...learnt,
      standard: { ...learnt.standard, mean: new Float64Array(width).fill(NaN) },
    };
    await assert.rejects(() => saveLatentPft(path, bent), { message: /mean is not finite/ });
    assert.deepEqual(await loadLatentPft(path), read, "the file is as it was");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("rows are the means of five frames at unit length; the last takes what is left", () => {
  const of = (count: number) => rowsOfClip(new Float32Array(2 * count).fill(3), 2);
  assert.deepEqual([1, 4, 5, 9, 10, 14].map((count) => of(count).length), [1, 1, 1, 1, 2, 2]);
  for (const row of of(14)) assert.ok(Math.abs((row[0] as number) - Math.SQRT1_2) < 1e-9);
});

gpuTest("too few people to learn from are refused", async () => {
  const device = await sharedDevice();
  await assert.rejects(() => learnLatentPft(device, sources.slice(0, 16), options), {
    message: /Cannot learn a translator from 2 people: wanted 4 at least/,
  });
});
