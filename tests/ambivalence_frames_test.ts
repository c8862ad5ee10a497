import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import {
  encodeFrameHead,
  type FrameHead,
  holdsFrameHead,
  readFrameHead,
} from "../model/frame_fusion/frame_file.ts";
import { FrameReader } from "../model/frame_fusion/frame_reader.ts";
import { initialFrames } from "../model/frame_fusion/parameters.ts";
import { frameForms, type FrameSizes } from "../model/frame_fusion/sizes.ts";
import { decideByFrames } from "../person/ambivalence/frame_decider.ts";
import {
  type ClipFrames,
  modalitiesIn,
  scalesOf,
  toFrames,
} from "../tta/ambivalence/clip_frames.ts";
import { probabilitiesOfFrames } from "../tta/ambivalence/decide_frames.ts";
import { fitFrames, type PersonFrames } from "../tta/ambivalence/fit_frames.ts";
import { usualFrameFitting } from "../tta/ambivalence/train_frames.ts";
import { frameMethods } from "../tta/ambivalence/frame_methods.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { madeUpSource, withSetup } from "./eval_people.ts";
import { sizes } from "./small_frames.ts";

const both = ["video", "text", "audio"] as const;

Deno.test("sentences are spread over frames, a voice is that of all, and what is missing is zeros", () => {
  const clip: ClipFrames = {
    faces: Float32Array.of(1, 2, 3, 4, 5, 6),
    sentences: [[10], [30]],
    voice: [7, 7],
  };
  const silent: ClipFrames = { faces: Float32Array.of(9, 9), sentences: [], voice: undefined };
  const used = modalitiesIn([silent, clip], 2, both);
  assert.deepEqual(used, [
    { name: "video", width: 2 },
    { name: "audio", width: 2 },
    { name: "text", width: 1 },
  ]);
  const scales = scalesOf([clip, silent], 2, used);
  // Two frames of 10 and one of 30; a voice that never changes is told by its mean alone.
  assert.deepEqual(scales.text?.mean, [50 / 3]);
  assert.deepEqual(scales.audio, { mean: [7, 7], deviation: [1, 1] });
  const frames = toFrames(clip, 2, used, { ...scales, text: { mean: [10], deviation: [2] } });
  assert.deepEqual(frames, {
    video: Float32Array.of(1, 2, 3, 4, 5, 6),
    audio: new Float32Array(6),
    text: Float32Array.of(0, 0, 10),
  });
  const unseen = toFrames({ ...clip, faces: new Float32Array(0) }, 2, used, {});
  assert.deepEqual(unseen, {
    video: new Float32Array(4),
    audio: Float32Array.of(7, 7, 7, 7),
    text: Float32Array.of(10, 30),
  });
});

/** People whose faces and words go together or against each other, in clips of several lengths. */
function drawPeople(people: number, seed: number): PersonFrames[] {
  const rng = new Rng(seed);
  return Array.from({ length: people * 6 }, (_, i) => {
    const label = i % 2, words = rng.pick([-1, 1]), face = label === 1 ? -words : words;
    const frames = 8 + i % 5;
    return {
      subject: `${i % people}`,
      label,
      faces: Float32Array.from(
        { length: frames * 4 },
        (_, at) => (at % 4 < 2 ? face : 0) + 0.3 * rng.normal(),
      ),
      sentences: [[words, 0.1 * rng.normal(), 0.5]],
    };
  });
}

const smaller = (usual: FrameSizes): FrameSizes => ({
  ...usual,
  modalities: usual.modalities.map((one) => ({ ...one, channels: [8, 8] })),
  width: 8,
});

for (const form of frameForms) {
  gpuTest(
    `${form} learns from people's clips that faces are against words, and tells it of others`,
    async () => {
      const device = await sharedDevice();
      const fit = {
        ...{ form, classes: 2, faceWidth: 4, heldShare: 0.3, sizes: smaller },
        training: { ...usualFrameFitting, steps: 120, batch: 16, rate: 0.05 },
      };
      const fitted = await fitFrames(device, drawPeople(10, 1), fit);
      assert.ok((fitted.heldOut?.war ?? 0) >= 0.9, `${fitted.heldOut?.war}`);
      assert.equal(fitted.trainedOn.people, 7);
      assert.deepEqual(fitted.parameters.sizes.modalities.map(({ name }) => name), [
        "video",
        "text",
      ]);
    },
  );
}

gpuTest("the official protocol lets frames count that only pad a clip", async () => {
  const device = await sharedDevice();
  const learn = (protocol: "plain" | "official") =>
    fitFrames(device, drawPeople(2, 3), {
      ...{ form: "can" as const, classes: 2, faceWidth: 4, heldShare: 0, sizes: smaller },
      training: { ...usualFrameFitting, steps: 1, batch: 2, protocol },
    });
  const [plain, official] = [await learn("plain"), await learn("official")];
  assert.deepEqual([plain.window, plain.hop, official.window, official.hop], [96, 48, 696, 48]);
  assert.equal(official.heldOut, undefined);
  assert.notDeepEqual(official.parameters.numbers, plain.parameters.numbers);
});

gpuTest(
  "the official protocol keeps the epoch that those held out chose, and says which",
  async () => {
    const fitted = await fitFrames(await sharedDevice(), drawPeople(3, 3), {
      ...{ form: "can", classes: 2, faceWidth: 4, heldShare: 0.3, sizes: smaller },
      training: { ...usualFrameFitting, steps: 4, batch: 6, protocol: "official" },
    });
    // An epoch of the twelve clips to learn from has two steps.
    assert.ok(fitted.chosen && [1, 2].includes(fitted.chosen.epoch), `${fitted.chosen?.epoch}`);
    assert.ok(fitted.chosen.averagePrecision >= 0 && fitted.chosen.averagePrecision <= 1);
  },
);

const head: FrameHead = {
  parameters: initialFrames(sizes, 2),
  scales: { audio: { mean: [1, 2], deviation: [3, 4] } },
  ...{ window: 5, hop: 2, classes: ["neutral", "ambivalence"] },
  clip: { name: "small", fingerprint: "0123" },
  trainedOn: { people: 3, clips: 9 },
};

/** Writes bytes to a file and reads the head in it. */
async function reread(bytes: Uint8Array): Promise<FrameHead> {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await Deno.writeFile(path, bytes);
    using file = await openTensors(path);
    assert.ok(holdsFrameHead(file));
    return await readFrameHead(file);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a head of LFAN is read as it was written, and refused where it does not fit together", async () => {
  assert.deepEqual(await reread(encodeFrameHead(head)), head);
  const wrong: [Partial<FrameHead>, RegExp][] = [
    [{ classes: ["one"] }, /wanted the names of 2 classes/],
    [{ window: 0 }, /wanted its window and hop in whole frames/],
    [{ scales: { audio: { mean: [1], deviation: [1] } } }, /a mean and a deviation .* of "audio"/],
    [{ clip: { name: "small" } as FrameHead["clip"] }, /its metadata lacks the CLIP/],
    [{ preparations: [{}] as unknown as FrameHead["preparations"] }, /how pictures were prepar/],
  ];
  for (const [change, says] of wrong) {
    await assert.rejects(reread(encodeFrameHead({ ...head, ...change })), says);
  }
  const parameters = { ...head.parameters, sizes: { ...sizes, heads: 3 } };
  await assert.rejects(reread(encodeFrameHead({ ...head, parameters })), /no sizes that fit/);
});

gpuTest(
  "a video is decided on by its frames, and each moment again without what is known of it",
  async () => {
    using reader = new FrameReader(await sharedDevice(), head.parameters);
    const rng = new Rng(5), count = 12;
    const features = Float32Array.from({ length: count * 4 }, () => rng.normal());
    const seen = Array.from({ length: count }, (_, i) => ({ seconds: i })) as never;
    const said = [{ text: "a", features: Float32Array.of(1, 0, 0) }] as never;
    const parts = { sentences: said, timed: false, voice: () => [1, 2] };
    const decider = await decideByFrames(reader, head, { seen, features }, parts, count, 4);
    const whole = await decider.decideWhole();
    assert.deepEqual(whole.uses, ["video", "text", "audio"]);
    const clip = { faces: features, sentences: [[1, 0, 0]], voice: [1, 2] };
    const frames = await probabilitiesOfFrames(
      reader,
      toFrames(clip, 4, sizes.modalities, head.scales),
      head,
    );
    assert.deepEqual(await decider.decideFrames?.(), frames.map(([, p]) => p));
    const moment = { from: 3, to: 5, sentences: said, first: 3, last: 4 };
    const decided = await decider.decideMoment(moment);
    const wanted = ((frames[3]?.[1] ?? 0) + (frames[4]?.[1] ?? 0)) / 2;
    assert.ok(Math.abs((decided?.probabilities[1] ?? 0) - wanted) < 1e-12);
    assert.deepEqual(Object.keys(decided?.without ?? {}), ["video", "text", "audio"]);
    // The voice is the mean of those learnt from, which is what stands for none.
    assert.equal(decided?.without.audio, decided?.probabilities[1]);
    assert.notEqual(decided?.without.video, decided?.probabilities[1]);
    assert.equal(await decider.decideMoment({ ...moment, first: 4, last: 3 }), undefined);
  },
);

gpuTest(
  "as methods of an evaluation they learn when they are opened, and decide the same again",
  async () => {
    const spoken = (subject: string, label: number, seed: number) => ({
      ...madeUpSource(subject, label, seed),
      transcript: label === 0 ? "I am fine. Really." : "I am fine.",
      voice: [seed, label],
    });
    const sources = ["b", "c"].flatMap((subject, i) => [
      spoken(subject, 0, 10 + i),
      spoken(subject, 1, 20 + i),
    ]);
    await withSetup(async (setup) => {
      for (const entry of frameMethods({ ...usualFrameFitting, steps: 1, batch: 2 })) {
        using method = await entry.open(setup);
        const decide = async () => (await method.decide(spoken("a", 0, 3))).probabilities;
        const [no = NaN, yes = NaN] = await decide();
        assert.ok(Math.abs(no + yes - 1) < 1e-6);
        assert.deepEqual([...await decide()], [no, yes]);
        const { transcript: _, voice: __, ...seen } = spoken("a", 0, 3);
        assert.notDeepEqual([...(await method.decide(seen)).probabilities], [no, yes]);
      }
    }, sources);
  },
);
