import assert from "node:assert/strict";
import { openReader } from "../person/open_reader.ts";
import { demoHead, demoModel, demoPlainHead, demoSample } from "../demo/model.ts";
import { Rng } from "../engine/mod.ts";
import { openDetector } from "../media/face/open_detector.ts";
import { ImagePreparer } from "../media/image_preparer.ts";
import { openFrames } from "../media/video/open_frames.ts";
import { clipName } from "../model/clip/config.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import type { Head } from "../model/clip_au/head_file.ts";
import { loadHead } from "../model/clip_au/load_head.ts";
import { centred, type NeutralMean, neutralMean } from "../model/clip_au/neutral.ts";
import { adaptLatentPft } from "../tta/pft/adapt_latent_pft.ts";
import type { LatentPft } from "../tta/pft/latent_pft.ts";
import { learnLatentPft } from "../tta/pft/learn_latent_pft.ts";
import { type MethodEntry, methods, type SourceClip } from "../tta/methods/mod.ts";
import { cacheSources } from "../tta/methods/tta_cap.ts";
import {
  encodeSourcePeople,
  loadSourcePeople,
  type SourcePeople,
} from "../tta/tta_cap/source_cache_file.ts";
import { sourceVersions } from "../tta/tta_cap/source_settings.ts";
import { watchWhole } from "../media/features/watch_video.ts";
import { MethodDecider } from "../person/method_decider.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { withSetup } from "./eval_people.ts";
import { rejection } from "./fakes.ts";

const classes = ["neutral", "pain"];

/** Every fourth frame of the demo's sample: what both ways look at. */
const frames = { every: 4, ffmpeg: undefined } as const;

/** The features of the sample's faces, `[T, d]`, read by hand. */
async function sampleFeatures(): Promise<Float32Array> {
  const device = await sharedDevice();
  using clip = await loadClip(device, demoModel);
  using preparer = new ImagePreparer(device, clip.config.image.size);
  using detector = await openDetector(device);
  await using opened = await openFrames(demoSample, frames);
  const all: number[] = [];
  const people = await watchWhole(opened, { clip, preparer, detector }, "main person");
  for (const { features } of people.framesOf()) all.push(...features ?? []);
  return Float32Array.from(all);
}

/** People who look somewhat like the one in the sample. */
function madeUpPeople(features: Float32Array): SourceClip[] {
  const rng = new Rng(3);
  return [0, 1, 2, 3].flatMap((person) =>
    [0, 1].map((label) => {
      const own = features.map((x) => x * (1 + 0.1 * person) + 0.3 * rng.normal());
      return {
        id: `${person}/${label}`,
        subject: `somebody ${person}`,
        label,
        features: () => Promise.resolve(own),
      };
    })
  );
}

/** What infer says of the sample by a method. */
async function inferred(
  name: string,
  more: {
    readonly head?: Head;
    readonly sources?: SourcePeople;
    readonly neutral?: NeutralMean;
    readonly translator?: LatentPft;
  },
) {
  const { head, sources, neutral, translator } = more, device = await sharedDevice();
  const fingerprint = head?.clip?.fingerprint ?? "";
  using reader = await openReader({
    device,
    model: demoModel,
    entry: methods.find((entry) => entry.name === name) ?? assert.fail(),
    head,
    classes,
    sources: sources && { path: "people", people: sources },
    translator,
    onePerson: false,
    faces: "find",
    enrolment: neutral && { ...neutral, clip: fingerprint, cropped: true, videos: 1 },
  });
  const [result] = await Array.fromAsync(reader.read(() => openFrames(demoSample, frames)));
  const [again] = await Array.fromAsync(reader.read(() => openFrames(demoSample, frames)));
  const { analysis } = result ?? assert.fail();
  assert.deepEqual(
    again?.analysis.adaptation?.after.probabilities,
    analysis.adaptation?.after.probabilities,
    `${name}: a video is begun anew`,
  );
  return analysis;
}

/** A file's worth of source people, as it comes back from a file. */
async function throughFile(people: SourcePeople): Promise<SourcePeople> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, encodeSourcePeople(people));
    return await loadSourcePeople(path);
  } finally {
    await Deno.remove(path);
  }
}

gpuTest("infer says what eval's method says of the same features, for every method", async () => {
  const device = await sharedDevice(), features = await sampleFeatures();
  const plain = await loadHead(demoPlainHead), sources = madeUpPeople(features);
  using clip = await loadClip(device, demoModel, { tunable: true });
  using model = await ClipAu.open(device, clip, plain);
  const centredHead = await loadHead(demoHead);
  using centredModel = await ClipAu.open(device, clip, centredHead);
  const width = clip.config.embedding;
  assert.equal(features.length, 10 * width);
  const built = async (settings: typeof sourceVersions[keyof typeof sourceVersions]) =>
    await cacheSources(sources, { classes: 2, width, settings });
  const people = await throughFile({
    clip: { name: clipName(clip.config), fingerprint: await clip.fingerprint() },
    classes,
    caches: { v1: await built(sourceVersions.v1), v2: await built(sourceVersions.v2) },
  });
  // A person's translator, adapted to resting clips that are told, and their mean.
  const resting = [1, 2].map((n) => features.map((x, i) => x + 0.1 * Math.sin(n * i)));
  const told = neutralMean(resting, width);
  const learnt = await learnLatentPft(device, sources, {
    ...{ classes, width, clip: { name: "demo", fingerprint: await clip.fingerprint() } },
  });
  const { pft: translator } = await adaptLatentPft(device, learnt, resting);
  const decided = new Map<string, readonly [number, number]>();
  // DSFDA decides on pictures instead: tests/dsfda_command_test.ts.
  const byFeatures = methods.filter(({ name }) => name !== "dsfda");
  for (const entry of byFeatures) {
    const finds = entry.needs.includes("rest"), head = finds ? centredHead : plain;
    const taken = finds ? centredModel : model;
    const enrolled = entry.needs.includes("resting");
    using method = await entry.open({
      ...{ device, clip, model: taken, classes, sources, draw: 0, translator: learnt },
    });
    const video = { id: "clip 1 of a", features: () => Promise.resolve(features) };
    const shown = resting.map((clip) => ({ id: "rest", features: () => Promise.resolve(clip) }));
    await method.begin({ subject: "a", clips: [video], ...enrolled && { resting: shown } });
    const { probabilities: [, wanted = NaN] } = await method.decide(video);
    const headed = entry.needs.includes("head") ? { head } : {};
    const sourced = entry.needs.includes("source features") ? { sources: people } : {};
    const analysis = await inferred(entry.name, {
      ...{ ...headed, ...sourced },
      ...enrolled && headed.head && { neutral: told },
      ...entry.needs.includes("translator") && { translator },
    });
    const { before, after, moved } = analysis.adaptation ?? assert.fail();
    const got = after.probabilities[1] ?? NaN;
    assert.ok(Math.abs(got - wanted) < 2e-5, `${entry.name}: ${got} for ${wanted}`);
    assert.equal(analysis.units.length, 10 * 46, entry.name);
    assert.ok(analysis.units.every((x) => Math.abs(x) <= 1), entry.name);
    assert.equal(analysis.windows.length, 1, "ten frames are one window");
    assert.deepEqual([analysis.windows[0]?.first, analysis.windows[0]?.last], [0, 9]);
    assert.equal(moved === undefined, entry.windowed === undefined, entry.name);
    decided.set(entry.name, [before.probabilities[1] ?? NaN, got]);
  }
  // What they were before adapting, and whether anything came of it.
  const [zeroShot = NaN] = decided.get("zero-shot") ?? [];
  for (const { name, base } of byFeatures) {
    const [before, after] = decided.get(name) ?? assert.fail();
    if (base?.name === "zero-shot") assert.equal(before, zeroShot, name);
    // To the head this one clip is pain, so Iterative Feature Normalization finds none that is neutral.
    const nothingFound = name === "ifn" && before > 0.5;
    const adapts = !nothingFound &&
      (base !== undefined || ["paper", "official", "subject"].includes(name));
    assert.equal(before !== after, adapts, `${name}: ${before} and ${after}`);
  }
  assert.ok(
    Math.abs((decided.get("window")?.[1] ?? 0) - (decided.get("clip-au")?.[1] ?? 1)) < 2e-5,
  );
});

gpuTest(
  "a head that is centred gets centred features, and methods without a head get none such",
  async () => {
    const device = await sharedDevice(), features = await sampleFeatures();
    const plain = await loadHead(demoPlainHead);
    using clip = await loadClip(device, demoModel);
    const width = clip.config.embedding;
    const mean = features.slice(0, width), usual = features.slice(width, 2 * width);
    const head: Head = { ...plain, neutral: usual }, neutral = { mean, frames: 1 };
    using model = await ClipAu.open(device, clip, head);
    const [wanted] = await model.predict([centred(features, mean, usual)]);
    const [raw] = await model.predict([features]);
    assert.notDeepEqual(wanted?.probabilities, raw?.probabilities);
    const known = await inferred("clip-au", { head, neutral });
    assert.deepEqual(known.adaptation?.after.probabilities, wanted?.probabilities);
    const unknown = await inferred("clip-au", { head });
    assert.deepEqual(unknown.adaptation?.after.probabilities, raw?.probabilities);
    assert.deepEqual(known.units, unknown.units, "units are of the face as it is");
    const without = await inferred("zero-shot", {});
    const enrolled = await inferred("zero-shot", { neutral });
    assert.deepEqual(
      enrolled.adaptation?.after.probabilities,
      without.adaptation?.after.probabilities,
    );
  },
);

gpuTest("a decision that is no probabilities is refused, and memory comes back", async () => {
  await withSetup(async (setup, device) => {
    const { bytesUsed } = device.pool, { embedding } = setup.clip.config;
    const told = [[NaN, NaN], [0.5, 0.4], [1]], disposed: string[] = [];
    for (const probabilities of told) {
      const entry = (name: string): MethodEntry => ({
        ...{ name, about: "", needs: [] },
        open: () =>
          Promise.resolve({
            begin() {},
            decide: () => Promise.resolve({ probabilities: Float32Array.from(probabilities) }),
            [Symbol.dispose]: () => void disposed.push(name),
          }),
      });
      using decider = await MethodDecider.open(
        { ...entry("method"), base: entry("base") },
        setup,
        undefined,
      );
      const { message } = await rejection(decider.decide(new Float32Array(embedding).fill(1), {}));
      assert.match(
        message,
        /^Cannot use the decision on "the video": wanted 2 probabilities that sum/,
      );
      const stopped = AbortSignal.abort(new Error("enough"));
      const error = await rejection(
        decider.decide(new Float32Array(embedding), { signal: stopped }),
      );
      assert.equal(error.message, "enough");
    }
    assert.deepEqual(disposed, told.flatMap(() => ["base", "method"]));
    assert.equal(device.pool.bytesUsed, bytesUsed);
  });
});
