import assert from "node:assert/strict";
import { Rng } from "../engine/mod.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import type { StoredTensor, TensorFile } from "../io/tensors/tensor_file.ts";
import { readFrameCheckpoint } from "../model/frame_fusion/checkpoint.ts";
import { type FrameFeatures, FrameReader } from "../model/frame_fusion/frame_reader.ts";
import {
  type FrameBatch,
  frameSgd,
  FrameTrainer,
  type FrameTraining,
} from "../model/frame_fusion/frame_trainer.ts";
import { initialFrames } from "../model/frame_fusion/parameters.ts";
import {
  type FrameForm,
  frameForms,
  frameShapes,
  type FrameSizes,
  usualFrameSizes,
} from "../model/frame_fusion/sizes.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const inputs = new URL("./golden/bah/models_inputs.safetensors", import.meta.url).pathname;

/** The small models of the golden set, with their tensors under other names, or without some. */
async function renamed(
  form: FrameForm,
  rename: (name: string) => string | undefined,
): Promise<TensorFile> {
  const file = await openTensors(inputs), prefix = `${form}.`;
  const names = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of file.tensors) {
    const as = name.startsWith(prefix) ? rename(name.slice(prefix.length)) : undefined;
    if (as === undefined) continue;
    names.set(as, name);
    tensors.set(as, tensor);
  }
  return {
    name: `${form}.pth`,
    metadata: new Map(),
    tensors,
    read: (name, rows) => file.read(names.get(name) ?? name, rows),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

const small = (form: FrameForm): FrameSizes => ({
  form,
  modalities: [
    { name: "video", width: 6, channels: [8, 4] },
    { name: "vggish", width: 4, channels: [4, 4] },
  ],
  taps: 3,
  width: 8,
  heads: 2,
  classes: 2,
});

/** Frames of a clip. */
function framesOf({ modalities }: FrameSizes, steps: number, seed: number): FrameFeatures {
  const rng = new Rng(seed);
  return Object.fromEntries(
    modalities.map(({ name, width }) => [
      name,
      Float32Array.from({ length: steps * width }, () => rng.normal()),
    ]),
  );
}

for (const form of frameForms) {
  gpuTest(
    `${form}: a checkpoint is read with its modalities in the authors' order, whatever surrounds it`,
    async () => {
      using plain = await renamed(form, (name) => name);
      using wrapped = await renamed(form, (name) => `state_dict.module.${name}`);
      // As safetensors sorts names.
      const sorted = { ...wrapped, tensors: new Map([...wrapped.tensors].sort()) };
      const wanted = await readFrameCheckpoint(plain, { heads: 2 });
      assert.deepEqual(await readFrameCheckpoint(sorted, { heads: 2 }), wanted);
      assert.deepEqual(wanted.sizes.modalities.map(({ name, channels }) => [name, channels]), [
        ["video", [16, 16, 12]],
        ["vggish", [8, 8, 6]],
        ["bert", [12, 10, 12]],
      ]);
      assert.equal(wanted.sizes.width, form === "lfan" ? 8 : 16);
    },
  );

  gpuTest(`${form}: frames see none that come later`, async () => {
    const sizes = small(form), clip = framesOf(sizes, 12, 1), other = framesOf(sizes, 12, 2);
    using reader = new FrameReader(await sharedDevice(), initialFrames(sizes, 3));
    const changed = Object.fromEntries(
      sizes.modalities.map(({ name, width }) => {
        const frames = (clip[name] as Float32Array).slice();
        frames.set((other[name] as Float32Array).subarray(9 * width), 9 * width);
        return [name, frames];
      }),
    );
    const [before, after] = [await reader.logits(clip), await reader.logits(changed)];
    assert.deepEqual(after.subarray(0, 18), before.subarray(0, 18));
    assert.notDeepEqual(after.subarray(18), before.subarray(18));
  });

  gpuTest(`${form}: training learns frames, and the same seed gives the same bits`, async () => {
    const device = await sharedDevice(), sizes = small(form), batch = 4, steps = 10;
    const features = framesOf(sizes, batch * steps, 4);
    const video = features.video as Float32Array, sound = features.vggish as Float32Array;
    // Whether face and voice disagree.
    const labels = Uint32Array.from(
      { length: batch * steps },
      (_, i) => Number((video[6 * i] as number) > 0 !== (sound[4 * i] as number) > 0),
    );
    const training: FrameTraining = { ...frameSgd, batch, steps, dropout: 0, seed: 7 };
    const train = async (changes: Partial<FrameTraining>, count: number, given: FrameBatch) => {
      const settings = { ...training, ...changes }, losses: number[] = [];
      using trainer = await FrameTrainer.open(device, initialFrames(sizes, 5), settings);
      for (let i = 0; i < count; i++) losses.push(await trainer.step(given, 0.05));
      return { losses, ...await trainer.parameters() };
    };
    const { losses, numbers } = await train({}, 60, { features, labels });
    assert.ok((losses[59] as number) < (losses[0] as number) / 2, `${losses[0]} to ${losses[59]}`);
    assert.ok(numbers.get("bn.video.running_var")?.every((of) => of > 0 && of !== 1));

    const dropped = await train({ dropout: 0.3 }, 3, { features, labels });
    assert.deepEqual(await train({ dropout: 0.3 }, 3, { features, labels }), dropped);
    const redrawn = await train({ dropout: 0.3, seed: 8 }, 3, { features, labels });
    assert.notDeepEqual(redrawn.losses, dropped.losses);

    // Frames that don't count give no gradient: their labels may be anything.
    const weights = Float32Array.from(labels, (_, i) => Number(i % steps < 6));
    const wrong = labels.map((label, i) => i % steps < 6 ? label : 1 - label);
    const counted = await train({}, 2, { features, labels, weights });
    assert.deepEqual(await train({}, 2, { features, labels: wrong, weights }), counted);
    assert.notDeepEqual((await train({}, 2, { features, labels: wrong })).losses, counted.losses);
  });
}

gpuTest("the modalities of a clip must be there, with as many frames", async () => {
  using reader = new FrameReader(await sharedDevice(), initialFrames(small("can"), 3));
  const { video, vggish } = framesOf(small("can"), 5, 1);
  await assert.rejects(reader.logits({ video: video as Float32Array<ArrayBuffer> }), {
    message: 'Cannot decide by CAN: it was trained with "vggish", which the clip lacks',
  });
  await assert.rejects(
    reader.logits({
      video: video as Float32Array<ArrayBuffer>,
      vggish: (vggish as Float32Array<ArrayBuffer>).slice(4),
    }),
    { message: /as many frames: got 5 of video, 6 numbers each; 4 of vggish, 4 numbers each/ },
  );
});

gpuTest("a model that can't be loaded leaves no memory in use", async () => {
  const device = await sharedDevice(), before = device.pool.bytesUsed;
  const { sizes, numbers } = initialFrames(small("can"), 3);
  const some = new Map([...numbers].slice(0, -1));
  assert.throws(() => new FrameReader(device, { sizes, numbers: some }), TypeError);
  assert.equal(device.pool.bytesUsed, before);
});

Deno.test("checkpoints that are not LFAN or CAN, or not whole, are refused in words", async () => {
  const read = async (form: FrameForm, rename: (name: string) => string | undefined) => {
    using file = await renamed(form, rename);
    await readFrameCheckpoint(file, { heads: 2 });
  };
  await assert.rejects(read("lfan", (name) => name.replace("temporal", "tcn")), {
    message:
      'Cannot load LFAN or CAN "lfan.pth": wanted "temporal.NAME.network.0.conv1.weight_v": it has none',
  });
  await assert.rejects(read("can", (name) => name.replace("fuse.", "joint.")), {
    message: /it has neither, so it is another model$/,
  });
  await assert.rejects(read("can", (name) => name.replace(".vggish.", ".pose.")), {
    message: /its modality "pose" has no place in the order: got video, vggish, audio, bert, text$/,
  });
  await assert.rejects(read("lfan", (name) => name === "bn.bert.bias" ? undefined : name), {
    message: 'Cannot read "lfan.pth": it has no tensor "bn.bert.bias"',
  });
  using file = await renamed("lfan", (name) => name);
  await assert.rejects(readFrameCheckpoint(file, { heads: 3 }), {
    message: /wanted queries, keys and values for 3 heads: got \[24\] numbers of "video"/,
  });
});

Deno.test("the authors' sizes have as many parameters as their models", () => {
  const counted = (form: FrameForm) => {
    const sizes = usualFrameSizes(form, [
      { name: "video", width: 512 },
      { name: "vggish", width: 128 },
      { name: "bert", width: 768 },
    ]);
    return [...frameShapes(sizes)].filter(([name]) => !name.includes("running"))
      .reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0);
  };
  assert.equal(counted("lfan"), 5001378);
  // Their file holds a convolution beside, from 384 to 128, which nothing uses.
  assert.equal(counted("can") + 384 * 128 + 128, 5816514);
  assert.throws(() => usualFrameSizes("can", [{ name: "pose", width: 3 }]), {
    message: /it knows video, vggish, audio, bert, text: got "pose"/,
  });
});
