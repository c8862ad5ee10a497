import assert from "node:assert/strict";
import { join } from "node:path";
import { EncodedDataset } from "../data/encoded_dataset.ts";
import { loadClip } from "../model/clip/load_clip.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { made, makeFaces } from "./made_up_faces.ts";

gpuTest("a clip's files are looked at once, however often its features are asked for", async () => {
  const root = await makeFaces();
  try {
    const device = await sharedDevice();
    using clip = await loadClip(device, root);
    const pictures = Array.from(
      { length: made.frames },
      (_, i) => join(root, `person-0/video-0/image${i}.png`),
    );
    const listed = { id: "a", subject: "anna", video: "a", label: 0, pictures };
    const about = { name: "own", classes: ["no", "yes"], clips: [listed] };
    const setup = {
      ...{ clip, folder: join(root, "kept"), stride: 2 },
      ...{ findFaces: true, ffmpeg: undefined },
    };
    using dataset = await EncodedDataset.open(about, setup);
    assert.deepEqual(dataset.preparations, [{ crop: "whole", size: clip.config.image.size }]);
    const features = await dataset.features(listed), key = await dataset.key(listed);
    assert.equal(features.length, made.frames / 2 * clip.config.embedding);
    using middle = await EncodedDataset.open(about, { ...setup, frames: 3 });
    const width = clip.config.embedding;
    assert.deepEqual(await middle.features(listed), features.subarray(width, 4 * width));
    // Rounded weights see otherwise: what they saw is kept apart.
    using half = await loadClip(device, root, { precision: "f16" });
    using rounded = await EncodedDataset.open(about, { ...setup, clip: half });
    assert.notEqual(await rounded.key(listed), key);
    assert.notDeepEqual(await rounded.features(listed), features);
    // A training asks in every epoch: it needs neither the frames nor their dates any more.
    for (const picture of pictures) await Deno.remove(picture);
    assert.deepEqual(await dataset.features(listed), features);
    assert.equal(await dataset.key(listed), key);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
