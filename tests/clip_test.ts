import assert from "node:assert/strict";
import { Clip } from "../model/clip/clip.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { countRows, packPrompts, readPosition, sharedTokens } from "../model/clip/pack_prompts.ts";
import { distance, images, loadSmall, prompts } from "./clip_inputs.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { smallClip, smallConfig } from "./small_clip.ts";

const { vocabulary, context } = smallConfig.text;

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
