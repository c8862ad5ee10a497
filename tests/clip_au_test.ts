import assert from "node:assert/strict";
import { join } from "node:path";
import { type Device, Rng } from "../engine/mod.ts";
import { bytesSource } from "../io/files/byte_source.ts";
import { openSafetensors } from "../io/tensors/safetensors.ts";
import { encodeSafetensors } from "../io/tensors/write_safetensors.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { Clip } from "../model/clip/clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { encodeHead, type Head, readHead } from "../model/clip_au/head_file.ts";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { headFingerprint, usualSizes } from "../model/clip_au/head_parameters.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { parseVocabulary } from "./small_vocabulary_parser.ts";
import { initialHead } from "../train/head_trainer.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { rejection } from "./fakes.ts";
import { changed, roomyConfig } from "./small_clip.ts";
import { madeUpClip } from "../bench/made_up_clip.ts";

const sizes = {
  ...usualSizes(roomyConfig.embedding, auPrompts.length, 2),
  adapter: 24,
  classifier: 16,
};

/** A small CLIP with its vocabulary. */
async function smallClipWithTexts(device: Device, seed = 5): Promise<Clip> {
  const clip = await Clip.load(device, madeUpClip(roomyConfig, seed));
  return clip.withTokenizer(new Tokenizer(await parseVocabulary()));
}

async function smallHead(clip: Clip): Promise<Head> {
  return {
    parameters: initialHead(sizes, 4),
    classes: ["neutral", "pain"],
    auPrompts,
    clip: { name: "small", fingerprint: await clip.fingerprint() },
  };
}

/** Some clip's features. */
function features(frames: number, seed = 1): Float32Array<ArrayBuffer> {
  const rng = new Rng(seed);
  return Float32Array.from({ length: frames * roomyConfig.embedding }, () => rng.normal());
}

Deno.test("a head of the authors' is read by their names", async () => {
  const path = new URL("./golden/pytorch/head.pth", import.meta.url).pathname;
  const head = await loadHead(path, ["neutral", "pain"]);
  assert.deepEqual(head.parameters.sizes, {
    embedding: 6,
    adapter: 4,
    units: 46,
    classifier: 3,
    classes: 2,
  });
  assert.deepEqual(head.classes, ["neutral", "pain"]);
  assert.deepEqual(head.auPrompts, auPrompts);
  assert.equal(head.clip, undefined);
  const json = JSON.parse(
    await Deno.readTextFile(new URL("./golden/pytorch/expected.json", import.meta.url)),
  );
  for (const [name, numbers] of head.parameters.numbers) {
    assert.deepEqual([...numbers], json["head.pth"].tensors[name].numbers, name);
  }
  assert.deepEqual((await loadHead(path)).classes, ["neutral", "class 1"]);
});

gpuTest("a head is written with all that it is for, and read back the same", async () => {
  const device = await sharedDevice();
  using clip = await smallClipWithTexts(device);
  const head = await smallHead(clip), folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "head.safetensors");
    await saveHead(path, head);
    const read = await loadHead(path);
    assert.deepEqual(read, head);
    assert.equal(await headFingerprint(read.parameters), await headFingerprint(head.parameters));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

gpuTest("CLIP-AU decides as its parts do, on clips of any length", async () => {
  const device = await sharedDevice();
  using clip = await smallClipWithTexts(device);
  using model = await ClipAu.open(device, clip, await smallHead(clip));
  const [a, b] = await model.predict([features(7), features(20, 2)]);
  assert.ok(a && b);
  assert.deepEqual(await model.predict([features(20, 2), features(7)]), [b, a]);
  // More than go at once, of two lengths mixed: each as if it were alone.
  const many = Array.from({ length: 70 }, (_, i) => features(i % 2 === 0 ? 7 : 20, i));
  const together = await model.predict(many);
  assert.equal(together.length, 70);
  for (const i of [0, 1, 33, 63, 64, 69]) {
    const [alone] = await model.predict([many[i] as Float32Array]);
    for (const name of ["logits", "probabilities", "similarities", "embedding"] as const) {
      const wanted = [...alone?.[name] ?? []], got = [...together[i]?.[name] ?? []];
      assert.equal(got.length, wanted.length);
      for (const [n, x] of wanted.entries()) {
        assert.ok(Math.abs((got[n] ?? NaN) - x) < 2e-6, `clip ${i}, ${name} ${n}: ${got[n]}, ${x}`);
      }
    }
  }
  for (const { probabilities, logits, similarities, embedding } of [a, b]) {
    assert.equal(similarities.length, 46);
    assert.ok(similarities.every((x) => Math.abs(x) <= 5.0001));
    assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-6);
    const [p = NaN, q = NaN] = probabilities;
    assert.ok(Math.abs(Math.log(p / q) - ((logits[0] ?? NaN) - (logits[1] ?? NaN))) < 1e-5);
  }
  using fused = await ClipAu.open(device, clip, await smallHead(clip), {
    classPrompts: ["a face", "a face in pain"],
  });
  const [with_] = await fused.predict([features(7)]);
  // Seven tenths of the logits, three of what lies between -5 and 5.
  for (const [i, logit] of (with_?.logits ?? []).entries()) {
    assert.ok(Math.abs(logit - 0.7 * (a.logits[i] ?? NaN)) <= 1.5001);
    assert.notEqual(logit, a.logits[i]);
  }
  assert.notEqual(await fused.fingerprint(), await model.fingerprint());
});

gpuTest("frames are told by Action Units as CLIP sees them, not as the head does", async () => {
  const device = await sharedDevice();
  using clip = await smallClipWithTexts(device);
  using model = await ClipAu.open(device, clip, await smallHead(clip));
  const first = await clip.encodeTexts([model.head.auPrompts[0] ?? ""]);
  const frames = Float32Array.from([...first.map((x) => 7 * x), ...first.map((x) => -x)]);
  const units = model.unitsByFrame(frames), count = model.head.auPrompts.length;
  assert.equal(units.length, 2 * count);
  assert.ok(Math.abs((units[0] ?? NaN) - 1) < 1e-5 && Math.abs((units[count] ?? NaN) + 1) < 1e-5);
  assert.ok(units.every((x) => Math.abs(x) <= 1 + 1e-6));
});

gpuTest("a fingerprint tells CLIPs apart, and not how they are stored", async () => {
  const device = await sharedDevice();
  using clip = await smallClipWithTexts(device);
  const wanted = await clip.fingerprint();
  const renamed = await changed(madeUpClip(roomyConfig, 5), (name, tensor) => [
    [`model.${name}`, tensor],
  ]);
  using same = await Clip.load(device, renamed);
  assert.equal(await same.fingerprint(), wanted);
  const moved = await changed(madeUpClip(roomyConfig, 5), (name, tensor) => {
    if (name !== "transformer.resblocks.1.mlp.c_proj.bias") return [[name, tensor]];
    const bytes = new Uint8Array(tensor.data.buffer).slice();
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return [[name, { ...tensor, data: bytes }]];
  });
  using other = await Clip.load(device, moved);
  assert.notEqual(await other.fingerprint(), wanted);
});

gpuTest("a head is refused where it does not fit, with what was wanted", async () => {
  const device = await sharedDevice();
  using clip = await smallClipWithTexts(device);
  using other = await smallClipWithTexts(device, 6);
  const head = await smallHead(clip);
  const refused = async (head: Head, on = clip, options = {}) =>
    (await rejection(ClipAu.open(device, on, head, options))).message;
  assert.match(
    await refused(head, other),
    /it was trained on small \([0-9a-f]{12}\): got one with other weights \([0-9a-f]{12}\)$/,
  );
  const wider = { ...head, parameters: initialHead({ ...sizes, embedding: 50 }, 1) };
  assert.match(await refused(wider), /takes embeddings of 50 numbers, as small gives: got 48/);
  assert.match(
    await refused(head, clip, { classPrompts: ["one"] }),
    /1 class prompts: .* 2 classes/,
  );
  using model = await ClipAu.open(device, clip, head);
  assert.match(
    (await rejection(model.predict([new Float32Array(47)]))).message,
    /clip of 47 numbers: wanted 48 for each frame/,
  );
  assert.match(
    (await rejection(model.predict([new Float32Array(0)]))).message,
    /clip of 0 numbers/,
  );
});

Deno.test("a file that is no head, or a broken one, is refused", async () => {
  const whole = encodeHead({
    parameters: initialHead(sizes, 4),
    classes: ["a", "b"],
    auPrompts,
    clip: undefined,
  });
  using file = await openSafetensors(bytesSource("head", whole));
  const refused = async (
    change: (name: string, shape: readonly number[]) => readonly number[] | undefined,
    metadata?: Record<string, string>,
    classes?: string[],
  ) => {
    const tensors: Parameters<typeof encodeSafetensors>[0] = Object.fromEntries(
      [...file.tensors].flatMap(([name, { shape }]) => {
        const wanted = change(name, shape);
        if (!wanted) return [];
        const data = new Float32Array(wanted.reduce((a, b) => a * b, 1));
        return [[name, { dtype: "F32" as const, shape: wanted, data }]];
      }),
    );
    const info = metadata ?? Object.fromEntries(file.metadata);
    using broken = await openSafetensors(bytesSource("broken", encodeSafetensors(tensors, info)));
    return (await rejection(readHead(broken, classes))).message;
  };
  const same = (_: string, shape: readonly number[]) => shape;
  const key = "autt.clip_au";
  assert.match(
    await refused((name, shape) => name.startsWith("temporal_c") ? undefined : shape),
    /it has no "temporal_classifier\.0\.weight": wanted a head of CLIP-AU/,
  );
  assert.match(
    await refused((name, shape) => name === "temporal.bias" ? [3] : shape),
    /temporal\.bias must be \[48\]: got \[3\]/,
  );
  assert.match(
    await refused((name, shape) => name === "temporal.bias" ? undefined : shape),
    /it has no tensor "temporal\.bias"/,
  );
  assert.match(await refused(same, { [key]: "{" }), /its metadata is not JSON/);
  assert.match(await refused(same, { [key]: '{"version":9}' }), /version 9: this version reads 1/);
  assert.match(await refused(same, { [key]: '{"version":1}' }), /lacks the classes/);
  assert.match(await refused(same, undefined, ["one"]), /between 2 classes \(a, b\): got 1 names/);
  const prompts = JSON.stringify({ version: 1, classes: ["a", "b"], auPrompts: ["c"] });
  assert.match(await refused(same, { [key]: prompts }), /46 Action Units: got 1 prompts/);
});
