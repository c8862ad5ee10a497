import assert from "node:assert/strict";
import { join } from "node:path";
import { loadClip } from "../model/clip/load_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";

/** Runs with a folder that holds the small model and these files. */
async function withFolder(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "model.safetensors"), await smallClipBytes());
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const openAis = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
  resample: 3,
};

gpuTest("a folder says what the tensors don't", async () => {
  const files = {
    "config.json": JSON.stringify({
      vision_config: { num_attention_heads: 4, hidden_act: "gelu", layer_norm_eps: 1e-5 },
      text_config: { num_attention_heads: 2, hidden_act: "gelu" },
    }),
    "preprocessor_config.json": JSON.stringify({
      ...openAis,
      size: { shortest_edge: 24 },
      crop_size: 24,
    }),
    "tokenizer.json": smallVocabularyFiles["tokenizer.json"],
  };
  await withFolder(files, async (folder) => {
    const device = await sharedDevice();
    // An option that is left open does not count as one.
    using clip = await loadClip(device, folder, { activation: undefined });
    const { image, text, activation } = clip.config;
    assert.deepEqual([image.heads, text.heads, activation], [4, 2, "gelu"]);
    assert.equal((await clip.encodeTexts(["hello", "raised"])).length, 2 * 48);
    using file = await loadClip(device, join(folder, "model.safetensors"), { textHeads: 1 });
    assert.deepEqual([file.config.image.heads, file.config.text.heads], [4, 1]);
  });
});

gpuTest("without a vocabulary images can be embedded, and no texts are no texts", async () => {
  await withFolder({}, async (folder) => {
    using clip = await loadClip(await sharedDevice(), folder);
    assert.equal(clip.config.activation, "quick_gelu");
    assert.equal((await clip.encodeTexts([])).length, 0);
    await assert.rejects(clip.encodeTexts(["a"]), { message: /came without its vocabulary/ });
  });
});

const refused: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  [
    "config.json",
    { vision_config: { hidden_act: "gelu" } },
    /different activations, gelu and quick_gelu/,
  ],
  [
    "config.json",
    { vision_config: { hidden_act: "gelu_new" }, text_config: { hidden_act: "gelu_new" } },
    /its activation is gelu_new: wanted quick_gelu or gelu/,
  ],
  [
    "config.json",
    { text_config: { layer_norm_eps: 1e-6 } },
    /its layer_norm_eps is 0.000001: wanted 1e-5/,
  ],
  [
    "preprocessor_config.json",
    { ...openAis, image_mean: [0.5, 0.5, 0.5] },
    /its image_mean is 0.5,0.5,0.5/,
  ],
  [
    "preprocessor_config.json",
    { ...openAis, image_std: [0.5, 0.5, 0.5] },
    /its image_std is 0.5,0.5,0.5/,
  ],
  ["preprocessor_config.json", { ...openAis, resample: 2 }, /its resample is 2, and 3 \(bicubic\)/],
  [
    "preprocessor_config.json",
    { size: { height: 32 }, crop_size: 24 },
    /its images are 32 pixels wide, cut to 24/,
  ],
];
for (const [name, contents, says] of refused) {
  gpuTest(`a folder is refused: ${JSON.stringify(contents).slice(0, 70)}`, async () => {
    const device = await sharedDevice(), before = device.pool.bytesUsed;
    await withFolder({ [name]: JSON.stringify(contents) }, async (folder) => {
      await assert.rejects(loadClip(device, folder), (error: Error) => {
        assert.match(error.message, says);
        assert.match(error.message, /^Cannot load a CLIP by "/);
        return true;
      });
    });
    assert.equal(device.pool.bytesUsed, before);
  });
}

gpuTest("what is not JSON, and a folder without weights, are refused", async () => {
  const device = await sharedDevice();
  await withFolder({ "config.json": "{" }, async (folder) => {
    await assert.rejects(loadClip(device, folder), { message: /config.json": it is not JSON/ });
    await Deno.remove(join(folder, "model.safetensors"));
    await assert.rejects(loadClip(device, folder), {
      message: /there are no weights: get some with `\.\/autt weights vit-b-32`/,
    });
  });
});
