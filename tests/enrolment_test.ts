import assert from "node:assert/strict";
import { join } from "node:path";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";
import { initialHead } from "../train/head_trainer.ts";
import { centreSamples, type Sample } from "../train/sample.ts";
import { checkEnrolment, type Enrolment, mergeEnrolments } from "../media/features/enrolment.ts";
import { loadEnrolment, saveEnrolment } from "../media/features/enrolment_file.ts";
import { centred, neutralMean } from "../model/clip_au/neutral.ts";
import { rejection } from "./fakes.ts";

const sam: Enrolment = {
  clip: "c1",
  cropped: true,
  videos: 2,
  frames: 3,
  mean: Float32Array.of(1, -2),
};

/** A folder for as long as the body takes. */
async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-enrolment-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the neutral mean is that of frames, not of videos, and features are told from it", () => {
  const clips = [Float32Array.of(1, 10, 3, 20), Float32Array.of(8, 60)];
  assert.deepEqual(neutralMean(clips, 2), { mean: Float32Array.of(4, 30), frames: 3 });
  assert.deepEqual(
    centred(Float32Array.of(5, 30, 4, 0), Float32Array.of(4, 30), Float32Array.of(1, 2)),
    Float32Array.of(2, 2, 1, -28),
  );
  assert.throws(() => neutralMean([], 2), /Cannot take the mean of no neutral frames: give some/);
  assert.throws(() => neutralMean([Float32Array.of(1, 2, 3)], 2), /3/);
});

Deno.test("enrolments of one person are put together by their frames", () => {
  const more: Enrolment = { ...sam, videos: 1, frames: 1, mean: Float32Array.of(5, 6) };
  assert.deepEqual(mergeEnrolments(sam, more), {
    ...sam,
    videos: 3,
    frames: 4,
    mean: Float32Array.of(2, 0),
  });
  assert.throws(() => mergeEnrolments(sam, { ...more, clip: "c2" }), /made with another CLIP/);
  assert.throws(() => mergeEnrolments(sam, { ...more, cropped: false }), /cut out here/);
});

Deno.test("an enrolment of another CLIP or of other pictures is refused, saying what to do", () => {
  const wanted = { clip: "c1", cropped: true, width: 2 };
  checkEnrolment(sam, wanted);
  const again = ": enroll them again";
  for (
    const [change, why] of [
      [{ clip: "c2" }, "it was made with another CLIP"],
      [{ width: 3 }, "it was made with another CLIP"],
      [{ cropped: false }, "faces were cut out there, and frames are faces already here"],
    ] as const
  ) {
    const message = `Cannot use this person's enrolment: ${why}${again}`;
    assert.throws(() => checkEnrolment(sam, { ...wanted, ...change }), { message });
  }
  assert.throws(
    () => checkEnrolment({ ...sam, cropped: false }, wanted),
    /frames were faces already there, and faces are cut out here/,
  );
});

Deno.test("an enrolment that was written is read again; what is broken is refused by name", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "sam.neutral.safetensors");
    await saveEnrolment(path, sam);
    assert.deepEqual(await loadEnrolment(path), sam);
    const bytes = await Deno.readFile(path);
    assert.ok(bytes.length < 400, "a mean and its figures");
    const refuse = async (contents: Uint8Array, why: RegExp) => {
      await Deno.writeFile(path, contents);
      const { message } = await rejection(loadEnrolment(path));
      assert.match(message, /^Cannot read (the enrolment )?".*sam\.neutral\.safetensors"/);
      assert.match(message, why);
    };
    const written = (info: unknown, mean = sam.mean, shape = [mean.length]) =>
      encodeSafetensors({ mean: { dtype: "F32", shape, data: mean } }, {
        "autt.enrolment": typeof info === "string" ? info : JSON.stringify(info),
      });
    const { mean: _, ...info } = sam, whole = { version: 1, ...info };
    await refuse(bytes.subarray(0, bytes.length - 3), /Cannot read/);
    await refuse(new TextEncoder().encode("no tensors"), /Cannot read/);
    await refuse(encodeSafetensors({}, {}), /it is no enrolment/);
    await refuse(written("{"), /its metadata is not JSON/);
    await refuse(written("null"), /of version undefined: this version reads 1/);
    await refuse(written({ ...whole, version: 2 }), /of version 2: this version reads 1/);
    for (const part of [{ clip: 3 }, { cropped: "yes" }, { videos: 0 }, { frames: 1.5 }]) {
      await refuse(written({ ...whole, ...part }), /its metadata is not complete/);
    }
    const infinite = Float32Array.of(1, Infinity);
    await refuse(written(whole, infinite), /its mean is not a row of finite numbers/);
    await refuse(written(whole, sam.mean, [1, 2]), /its mean is not a row of finite numbers/);
    await Deno.remove(path);
    assert.match((await rejection(loadEnrolment(path))).message, /sam\.neutral\.safetensors/);
  });
});

Deno.test("a head that is centred keeps the usual neutral face", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "head.safetensors");
    const head = {
      parameters: initialHead(usualSizes(8, auPrompts.length, 2), 4),
      classes: ["neutral", "pain"],
      auPrompts,
    };
    const neutral = Float32Array.from({ length: 8 }, (_, i) => i / 3);
    await saveHead(path, { ...head, neutral });
    assert.deepEqual((await loadHead(path)).neutral, neutral);
    await saveHead(path, head);
    assert.equal((await loadHead(path)).neutral, undefined);
    await saveHead(path, { ...head, neutral: Float32Array.from(neutral.with(3, NaN)) });
    assert.match((await rejection(loadHead(path))).message, /head\.safetensors/);
    await saveHead(path, { ...head, neutral: neutral.slice(0, 7) });
    assert.match((await rejection(loadHead(path))).message, /head\.safetensors/);
  });
});

Deno.test("a head tells how it was trained, and is refused where it tells it in part", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "head.safetensors");
    const training = {
      ...{ people: 66, videos: 1320, epoch: 6, epochs: 10, batch: 8, frames: 20, stride: 1 },
      ...{ rate: 1e-3, decay: 1e-4, seed: 1999, centred: 3, gains: [0.5, 1.3] as const },
      ...{ folds: 5, known: { salt: "a1", hashes: ["00ff"] } },
    };
    const head = {
      parameters: initialHead(usualSizes(8, auPrompts.length, 2), 4),
      classes: ["neutral", "pain"],
      auPrompts,
    };
    await saveHead(path, { ...head, training });
    assert.deepEqual((await loadHead(path)).training, training);
    const wrongs = [
      { epoch: 0.5 },
      { gains: [1] as unknown as [number, number] },
      { folds: 2.5 },
      { known: { salt: "a1", hashes: [7 as unknown as string] } },
    ];
    for (const wrong of wrongs) {
      await saveHead(path, { ...head, training: { ...training, ...wrong } });
      assert.match((await rejection(loadHead(path))).message, /say whole how it was trained/);
    }
    await saveHead(path, head);
    assert.equal((await loadHead(path)).training, undefined, "older heads load as before");
  });
});

/** A video of one frame. */
function sample(subject: string, label: number, ...frame: number[]): Sample {
  const id = `${subject}/${frame.join()}`;
  return { id, subject, label, key: id, features: () => Promise.resolve(Float32Array.from(frame)) };
}

Deno.test("samples are told from each person's own neutral videos, which nobody is tested on", async () => {
  const train = [
    ...[sample("a", 1, 5, 5), sample("a", 0, 1, 0), sample("a", 0, 3, 2), sample("a", 0, 9, 9)],
    ...[sample("b", 0, 6, 7), sample("b", 1, 8, 8)],
  ];
  const held = [
    ...[sample("h", 0, 10, 0), sample("h", 0, 20, 4), sample("h", 0, 16, 3), sample("h", 1, 0, 1)],
  ];
  const { samples, usual } = await centreSamples({ train, held }, 2, 0, 2);
  // Of a: (2, 1); of b, who has one neutral video only: (6, 7). h's own does not count.
  assert.deepEqual(usual, Float32Array.of(4, 4));
  const features = (some: readonly Sample[]) =>
    Promise.all(some.map(async (one) => [...await one.features()]));
  assert.deepEqual(await features(samples.train), [
    ...[[7, 8], [3, 3], [5, 5], [11, 12]],
    ...[[4, 4], [6, 5]],
  ]);
  // h's mean is (15, 2); of the held back the first two neutral videos are left out.
  assert.deepEqual(samples.held.map(({ id }) => id), ["h/16,3", "h/0,1"]);
  assert.deepEqual(await features(samples.held), [[5, 5], [-11, 3]]);
  assert.ok(samples.train.every(({ key }, i) => key !== train[i]?.key), "other features");
  const painful = { train, held: [sample("never", 1, 2, 2)] };
  assert.match(
    (await rejection(centreSamples(painful, 2, 0, 2))).message,
    /^Cannot centre the features of "never": no video of theirs has the neutral label 0$/,
  );
});
