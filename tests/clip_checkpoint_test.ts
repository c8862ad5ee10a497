import assert from "node:assert/strict";
import { elements, type Shape } from "../engine/mod.ts";
import type { TensorToWrite } from "../io/tensors/write_safetensors.ts";
import { ClipCheckpoint } from "../model/clip/checkpoint.ts";
import { Clip } from "../model/clip/clip.ts";
import { clipName, clipPresets } from "../model/clip/config.ts";
import { huggingFaceNames, isTransposedByHuggingFace } from "../model/clip/hugging_face_names.ts";
import { clipShapes } from "../model/clip/tensor_shapes.ts";
import { distance, images, loadSmall, prompts } from "./clip_inputs.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { changed, smallClip, smallConfig } from "./small_clip.ts";

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
