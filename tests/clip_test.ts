import assert from "node:assert/strict";
import { elements, type Shape } from "../engine/mod.ts";
import type { TensorToWrite } from "../io/tensors/write_safetensors.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import { Clip, type ClipOptions } from "../model/clip/clip.ts";
import { type ClipConfig, clipName, clipPresets } from "../model/clip/config.ts";
import { huggingFaceNames, isTransposedByHuggingFace } from "../model/clip/hugging_face_names.ts";
import { countRows, packPrompts, readPosition, sharedTokens } from "../model/clip/pack_prompts.ts";
import { clipShapes } from "../model/clip/tensor_shapes.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { changed, smallClip, smallConfig } from "./small_clip.ts";

const { size } = smallConfig.image, { vocabulary, context } = smallConfig.text;

/** Images that differ, of made-up bytes. */
function images(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from(
    { length: count },
    (_, n) =>
      Uint8Array.from(
        { length: size * size * 4 },
        (_, i) => Math.imul(i + 977 * n + 1, 0x9e3779b1) >>> 24,
      ),
  );
}

/** Prompts of these lengths, start and end included. */
function prompts(...lengths: number[]): number[][] {
  return lengths.map((length, n) =>
    Array.from({ length }, (_, t) => t === length - 1 ? vocabulary - 1 : (7 * t + 31 * n) % 500)
  );
}

async function loadSmall(options?: ClipOptions): Promise<Clip> {
  return await Clip.load(await sharedDevice(), smallClip(), options);
}

/** The relative distance of two results. */
function distance(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  const norm = (numbers: Float32Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
  return norm(a.map((x, i) => x - (b[i] ?? NaN))) / norm(b);
}

/** A tensor under Hugging Face's names, as that library stores it. */
function asHuggingFace(
  name: string,
  { dtype, shape, data }: TensorToWrite,
): [string, TensorToWrite][] {
  const names = huggingFaceNames(name), numbers = new Float32Array(data.buffer);
  if (isTransposedByHuggingFace(name)) {
    const [rows = 0, columns = 0] = shape;
    const turned = numbers.map((_, i) => numbers[i % rows * columns + Math.floor(i / rows)] ?? NaN);
    return [[names[0] as string, { dtype, shape: [columns, rows], data: turned }]];
  }
  const part = numbers.length / names.length;
  const [first = 1, ...rest] = shape;
  return names.map((key, i) => [key, {
    dtype,
    shape: shape.length === 0 ? [] : [first / names.length, ...rest],
    data: numbers.slice(i * part, (i + 1) * part),
  }]);
}

gpuTest("a checkpoint in Hugging Face's names embeds as one in OpenAI's, bit by bit", async () => {
  const device = await sharedDevice();
  using ours = await loadSmall();
  const theirs = await changed(smallClip(), asHuggingFace);
  assert.ok(theirs.tensors.has("vision_model.encoder.layers.2.self_attn.k_proj.bias"));
  using other = await Clip.load(device, theirs);
  assert.deepEqual(other.config, { ...smallConfig });
  assert.deepEqual(await other.images.encode(images(2)), await ours.images.encode(images(2)));
  assert.deepEqual(await other.prompts.encode(prompts(5)), await ours.prompts.encode(prompts(5)));
  assert.equal(other.logitScale, ours.logitScale);
});

gpuTest("what stands before the names does not matter", async () => {
  const prefixed = await changed(smallClip(), (name, tensor) => [[`model.clip.${name}`, tensor]]);
  using clip = await Clip.load(await sharedDevice(), prefixed);
  using plain = await loadSmall();
  assert.deepEqual(await clip.images.encode(images(1)), await plain.images.encode(images(1)));
});

for (const dtype of ["F16", "BF16"] as const) {
  gpuTest(`weights stored as ${dtype} are those numbers exactly`, async () => {
    const narrow = (x: number) => {
      if (dtype === "F16") return Math.f16round(x);
      return new Float32Array(
        Uint32Array.of(new Uint32Array(Float32Array.of(x).buffer)[0]! & 0xffff0000).buffer,
      )[0]!;
    };
    const device = await sharedDevice();
    const floats = (data: ArrayBufferView<ArrayBuffer>) =>
      new Float32Array(data.buffer).map(narrow);
    const rounded = await changed(
      smallClip(),
      (name, { shape, data }) => [[name, { dtype: "F32", shape, data: floats(data) }]],
    );
    const stored = await changed(smallClip(), (name, { shape, data }) => {
      const numbers = floats(data);
      const halves = dtype === "F16"
        ? Float16Array.from(numbers)
        : Uint16Array.from(new Uint32Array(numbers.buffer), (bits) => bits >>> 16);
      return [[name, { dtype, shape, data: halves }]];
    });
    using a = await Clip.load(device, rounded);
    using b = await Clip.load(device, stored);
    assert.deepEqual(await b.images.encode(images(2)), await a.images.encode(images(2)));
    assert.deepEqual(await b.prompts.encode(prompts(4, 9)), await a.prompts.encode(prompts(4, 9)));
  });
}

gpuTest("weights kept as halves cost accuracy, and not more than halves do", async () => {
  using exact = await loadSmall();
  using half = await loadSmall({ precision: "f16" });
  const apart = distance(await half.images.encode(images(3)), await exact.images.encode(images(3)));
  assert.ok(apart > 1e-5 && apart < 5e-3, `${apart}`);
});

Deno.test("sizes are read off the tensors, for every preset", () => {
  for (const [name, config] of Object.entries(clipPresets)) {
    const tensors = new Map(
      [...clipShapes(config)].map(([key, shape]) => [key, { dtype: "F16" as const, shape }]),
    );
    const read = () => Promise.reject(new Error("nothing is read for this"));
    const file = { name, metadata: new Map(), tensors, read, [Symbol.dispose]() {} };
    const checkpoint = new ClipCheckpoint(file);
    assert.deepEqual(checkpoint.config, config);
    assert.equal(clipName(checkpoint.config), name);
    checkpoint.checkAll();
  }
  assert.equal(clipName(smallConfig), "ViT 128x3/8@24");
});

Deno.test("heads are 64 columns wide unless it is said otherwise", () => {
  assert.equal(new ClipCheckpoint(smallClip(), { imageHeads: 4 }).config.image.heads, 4);
  assert.throws(() => new ClipCheckpoint(smallClip(), { textHeads: 3 }), {
    message: /64 columns of transformer do not make 3 heads: say how many/,
  });
});

/** Tensors of every kind, with the names that a message must have. */
const sample: readonly string[] = [
  "visual.conv1.weight",
  "visual.class_embedding",
  "visual.positional_embedding",
  "visual.transformer.resblocks.2.attn.in_proj_weight",
  "visual.transformer.resblocks.1.ln_1.weight",
  "transformer.resblocks.0.ln_1.weight",
  "visual.transformer.resblocks.0.mlp.c_proj.bias",
  "visual.ln_post.weight",
  "visual.proj",
  "positional_embedding",
  "transformer.resblocks.1.attn.out_proj.weight",
  "ln_final.bias",
  "text_projection",
  "logit_scale",
];
for (const naming of ["OpenAI", "Hugging Face"] as const) {
  for (const name of sample) {
    const [stored = ""] = naming === "OpenAI" ? [name] : huggingFaceNames(name);
    const convert = (key: string, tensor: TensorToWrite): [string, TensorToWrite][] =>
      naming === "OpenAI" ? [[key, tensor]] : asHuggingFace(key, tensor);

    gpuTest(`a missing ${stored} is named`, async () => {
      const device = await sharedDevice(), before = device.pool.bytesUsed;
      const file = await changed(
        smallClip(),
        (key, tensor) => convert(key, tensor).filter(([part]) => part !== stored),
      );
      await assert.rejects(
        Clip.load(device, file),
        (error: Error) => error.message.includes(stored),
      );
      assert.equal(device.pool.bytesUsed, before);
    });

    gpuTest(`a misshapen ${stored} is named`, async () => {
      const device = await sharedDevice(), before = device.pool.bytesUsed;
      const file = await changed(
        smallClip(),
        (key, tensor) =>
          convert(key, tensor).map(([part, one]) => {
            if (part !== stored) return [part, one];
            const shape: Shape = [...one.shape.slice(0, -1), (one.shape.at(-1) ?? 1) + 4];
            return [part, { ...one, shape, data: new Float32Array(elements(shape)) }];
          }),
      );
      await assert.rejects(Clip.load(device, file), (error: Error) => {
        // Which of two that must agree is wrong can't be told: one of them is named.
        return /^Cannot load "changed": .*(must make up \[|do not make|it has no tensor)/.test(
          error.message,
        );
      });
      assert.equal(device.pool.bytesUsed, before);
    });
  }
}

Deno.test("what is no CLIP with a vision transformer is refused in a sentence", async () => {
  const resnet = await changed(
    smallClip(),
    (name, tensor) =>
      name === "visual.conv1.weight"
        ? [[name, tensor], ["visual.layer1.0.conv1.weight", tensor]]
        : [[name, tensor]],
  );
  assert.throws(() => new ClipCheckpoint(resnet), {
    message: /it is a ResNet CLIP: only those with/,
  });
  const other = await changed(
    smallClip(),
    (name, tensor) => [[name.replaceAll("visual", "eye"), tensor]],
  );
  assert.throws(() => new ClipCheckpoint(other), {
    message: /it is no CLIP: it has neither "visual.conv1.weight" nor "vision_model/,
  });
});

gpuTest("a batch more than one, and a part of one, embed as each image alone", async () => {
  using clip = await loadSmall();
  const all = images(clip.images.batch + 3), together = await clip.images.encode(all);
  const { embedding } = smallConfig;
  for (const n of [0, 1, clip.images.batch - 1, clip.images.batch, all.length - 1]) {
    const alone = await clip.images.encode([all[n] as Uint8Array<ArrayBuffer>]);
    const apart = distance(together.slice(n * embedding, (n + 1) * embedding), alone);
    assert.ok(apart < 1e-6, `image ${n}: ${apart}`);
  }
  assert.equal((await clip.images.encode([])).length, 0);
});

gpuTest("prompts packed together embed as each alone", async () => {
  using clip = await loadSmall();
  const lengths = Array.from({ length: 130 }, (_, i) => 1 + i * 7 % context);
  const all = prompts(...lengths), together = await clip.prompts.encode(all);
  assert.ok(lengths.reduce((sum, n) => sum + n, 0) > 1024, "more than goes through at once");
  const { embedding } = smallConfig;
  for (const n of [0, 1, 57, 128, 129]) {
    const alone = await clip.prompts.encode([all[n] as number[]]);
    const apart = distance(together.slice(n * embedding, (n + 1) * embedding), alone);
    assert.ok(apart < 1e-6, `prompt ${n}: ${apart}`);
  }
  assert.equal((await clip.prompts.encode([])).length, 0);
});

gpuTest("prompts that begin alike embed as each alone", async () => {
  using clip = await loadSmall();
  const all = [4, 9, 6].map((length, n) =>
    Array.from({ length }, (_, t) => t === length - 1 ? vocabulary - 1 : t < 3 ? 40 + t : 7 * n + t)
  );
  assert.equal(sharedTokens(all), 3);
  const together = await clip.prompts.encode(all), { embedding } = smallConfig;
  for (const [n, prompt] of all.entries()) {
    const alone = await clip.prompts.encode([prompt]);
    const apart = distance(together.slice(n * embedding, (n + 1) * embedding), alone);
    assert.ok(apart < 1e-6, `prompt ${n}: ${apart}`);
  }
});

gpuTest("what follows the end of a prompt changes nothing", async () => {
  using clip = await loadSmall();
  const [prompt = []] = prompts(6);
  const padded = [...prompt, 0, 0, 5, vocabulary - 1];
  assert.deepEqual(await clip.prompts.encode([padded]), await clip.prompts.encode([prompt]));
});

Deno.test("a prompt is read at the first of its largest ids", () => {
  assert.equal(readPosition([3, 9, 1, 9, 0]), 1);
  const layout = packPrompts([[3, 9, 1], [9]], 0, 4, 3);
  assert.deepEqual([...layout.ids], [3, 9, 9, 0]);
  assert.deepEqual([...layout.positions], [0, 1, 0, 0]);
  assert.deepEqual([...layout.ranges], [0, 1, 0, 2, 2, 3, 3, 4]);
  assert.deepEqual([...layout.read], [1, 2, 0]);
  assert.deepEqual([...layout.readRanges], [0, 2, 2, 3, 0, 1]);
});

Deno.test("what all prompts begin with is laid out once", () => {
  const some = [[8, 1, 2, 9], [8, 1, 9, 0], [8, 1, 3, 4, 9]];
  assert.equal(sharedTokens(some), 2);
  assert.equal(countRows(some, 2), 2 + 2 + 1 + 3);
  const layout = packPrompts(some, 2, 9, 3);
  assert.deepEqual([...layout.ids], [8, 1, 2, 9, 9, 3, 4, 9, 0]);
  assert.deepEqual([...layout.positions], [0, 1, 2, 3, 2, 2, 3, 4, 0]);
  const ranges = [[0, 1], [0, 2], [2, 3], [2, 4], [4, 5], [5, 6], [5, 7], [5, 8], [8, 9]];
  assert.deepEqual([...layout.ranges], ranges.flat());
  assert.deepEqual([...layout.read], [3, 4, 7]);
  assert.deepEqual([...layout.readRanges], [2, 4, 4, 5, 5, 8]);
  // The end is read, so it is nobody else's, even where two prompts are the same.
  assert.equal(sharedTokens([[8, 1, 9], [8, 1, 9]]), 2);
  assert.equal(sharedTokens([[9]]), 0);
  assert.equal(sharedTokens([[8, 9], [7, 9]]), 0);
});

gpuTest("bad images, prompts and texts are refused, each in a sentence", async () => {
  using clip = await loadSmall();
  await assert.rejects(clip.images.encode([new Uint8Array(7)]), {
    message: "Cannot embed an image of 7 bytes: wanted [24, 24, 4]",
  });
  await assert.rejects(clip.prompts.encode([[]]), { message: /it has 0 tokens: wanted 1 to 20/ });
  await assert.rejects(clip.prompts.encode(prompts(21)), { message: /it has 21 tokens/ });
  await assert.rejects(clip.prompts.encode([[vocabulary]]), {
    message: /Cannot embed token 529: the checkpoint has the tokens 0 to 528/,
  });
  await assert.rejects(clip.encodeTexts(["hello"]), {
    message: /came without its vocabulary: put tokenizer.json/,
  });
});

gpuTest("disposing a CLIP gives back its memory and closes its file", async () => {
  const device = await sharedDevice(), before = device.pool.bytesUsed;
  let closed = 0;
  const clip = await Clip.load(device, { ...smallClip(), [Symbol.dispose]: () => void closed++ });
  await clip.images.encode(images(3));
  await clip.prompts.encode(prompts(3, 4));
  assert.ok(device.pool.bytesUsed > before);
  clip[Symbol.dispose]();
  // Plans that are cached as promises are given back a moment later.
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(device.pool.bytesUsed, before);
  assert.equal(closed, 1);
});

gpuTest("CLIP's other activation is another function", async () => {
  const gelu: ClipConfig["activation"] = "gelu";
  using quick = await loadSmall();
  using exact = await loadSmall({ activation: gelu });
  const apart = distance(
    await quick.images.encode(images(1)),
    await exact.images.encode(images(1)),
  );
  assert.ok(apart > 1e-3, `${apart}`);
});

gpuTest("a GPU's kernels embed the same", async () => {
  using chosen = await loadSmall();
  using other = await Clip.load(await sharedDevice("gpu"), smallClip());
  const pair = async (
    clip: Clip,
  ) => [await clip.images.encode(images(2)), await clip.prompts.encode(prompts(3, 9, 20))];
  const [a, b] = [await pair(chosen), await pair(other)];
  for (const [i, numbers] of a.entries()) {
    const apart = distance(numbers, b[i] as Float32Array);
    assert.ok(apart < 5e-6, `${apart}`);
  }
});

gpuTest("plans of towers are recorded once for each shape", async () => {
  using clip = await loadSmall();
  const device = await sharedDevice();
  await clip.prompts.encode(prompts(5, 5));
  const used = device.pool.bytesUsed;
  await clip.prompts.encode(prompts(4, 6));
  assert.equal(device.pool.bytesUsed, used);
});
