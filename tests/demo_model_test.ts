import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { demoHead, demoModel, demoSample } from "../demo/model.ts";
import { meanArea, zeroShotAreas } from "../demo/zero_shot.ts";
import { auPrompts } from "../model/clip_au/au_prompts.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { ClipAu } from "../model/clip_au/clip_au.ts";
import { loadHead } from "../model/clip_au/load_head.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const demo = fileURLToPath(new URL("../demo/", import.meta.url));

/** Files below a folder with their bytes. */
function* sizes(folder: string): Generator<{ name: string; bytes: number }> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* sizes(path);
    else yield { name, bytes: Deno.statSync(path).size };
  }
}

Deno.test("the demo stays small: it is fetched by everybody", () => {
  const files = [...sizes(demo)].filter(({ name }) => !name.endsWith(".ts"));
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(all > 1e6 && all < 6e6, `${all} bytes`);
  const clips = [...sizes(join(demo, "sample"))];
  assert.deepEqual(clips.map(({ name }) => name).sort(), [
    "neutral.mp4",
    "pain.mp4",
    "rest.mp4",
    "unusual_rest.mp4",
  ]);
  for (const { name, bytes } of clips) assert.ok(bytes > 1000 && bytes < 300e3, name);
  assert.ok(Deno.statSync(demoSample).isFile);
});

gpuTest(
  "the demo's heads are of the demo's CLIP, and one of them asks for the neutral face",
  async () => {
    const device = await sharedDevice();
    using clip = await loadClip(device, demoModel);
    const head = await loadHead(demoHead);
    const plain = await loadHead(join(demoModel, "plain_head.safetensors"));
    for (const one of [head, plain]) {
      assert.deepEqual([one.classes, one.auPrompts], [["neutral", "pain"], auPrompts]);
      assert.equal(one.clip?.fingerprint, await clip.fingerprint());
      using model = await ClipAu.open(device, clip, one); // which refuses another CLIP's
      assert.equal(model.head.classes.length, 2);
    }
    assert.equal(head.neutral?.length, clip.config.embedding);
    assert.equal(plain.neutral, undefined);
  },
);

gpuTest(
  "the demo's CLIP knows the units by their prompts, on faces that it never saw",
  async () => {
    const device = await sharedDevice();
    using clip = await loadClip(device, demoModel);
    const seen: number[] = [];
    const areas = await zeroShotAreas(clip, 200, (faces) => seen.push(faces));
    assert.equal(seen.at(-1), 200);
    assert.deepEqual(areas.map(({ prompt }) => prompt), auPrompts);
    assert.ok(areas.every(({ shown }) => shown >= 0 && shown < 200));
    const mean = meanArea(areas);
    assert.ok(mean > 0.8 && mean < 1, `${mean}`);
    assert.equal(
      meanArea(
        [{ area: .5, shown: 1 }, { area: 1, shown: 2 }, { area: NaN, shown: 0 }].map((one) => ({
          prompt: "",
          ...one,
        })),
      ),
      .75,
    );
  },
);
