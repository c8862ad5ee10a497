import assert from "node:assert/strict";
import { join } from "node:path";
import { CachedFeatures } from "../media/features/feature_cache.ts";
import { initialHead } from "../train/head_trainer.ts";
import { parseFrameList, parseSegments } from "../golden/label_files.ts";
import { computeMetrics } from "../numbers/scores/metrics.ts";
import { largestAt } from "../numbers/vectors.ts";
import { lookedAt, sampleClip } from "../data/sampling.ts";
import { shuffled, splitSubjects } from "../data/split_subjects.ts";
import { usualSizes } from "../model/clip_au/head_parameters.ts";

Deno.test("the released code's quirks: a lost first line, frames sorted by letters, the first label", () => {
  const frame = (name: string, label: number) => `data/anna/one/${name}.jpg ${label}`;
  const text = [frame("image1", 1), frame("image80", 1), frame("image120", 0), ""].join("\n");
  assert.deepEqual(parseFrameList(text), [{
    id: "data/anna/one",
    label: 1,
    frames: ["data/anna/one/image120.jpg", "data/anna/one/image80.jpg"],
  }]);
});

Deno.test("segments are cut, and the last part borrows from the one before", () => {
  const head = "video,segment_id,label,num_frames,start_frame,end_frame\n";
  const table = `${head}Videos/7/a.mp4,2,1,115,0,114\nVideos/8/b.mp4,0,0,0,5,4\n`;
  const parts = parseSegments(table, (frame) => !frame.endsWith("/frame-3.jpg"));
  assert.deepEqual(
    parts.map(({ id, label, frames }) => [id, label, frames.length, frames[0]]),
    [
      ["Videos/7/a.mp4#2.0", 1, 100, "Videos/7/a.mp4/frame-0.jpg"],
      ["Videos/7/a.mp4#2.1", 1, 20, "Videos/7/a.mp4/frame-95.jpg"],
    ],
  );
});

Deno.test("a clip has always its length, and begins within the video", () => {
  assert.deepEqual(lookedAt(["a", "b", "c", "d", "e"], 2), ["a", "c", "e"]);
  for (const [frames, length] of [[1, 4], [3, 4], [4, 4], [9, 4], [5, 20]] as const) {
    for (let start = 0; start < frames; start++) {
      const clip = sampleClip(frames, length, start);
      assert.equal(clip.length, length);
      assert.equal(clip[0], start);
      assert.ok(clip.every((frame) => frame >= 0 && frame < frames));
    }
  }
  assert.throws(() => sampleClip(3, 4, 3), { message: /begin a clip at 3: wanted 0 to 2/ });
});

Deno.test("nobody is on both sides of a split, and a seed decides it", () => {
  const items = Array.from({ length: 40 }, (_, i) => ({ subject: `s${i % 8}`, i }));
  for (let seed = 1; seed < 30; seed++) {
    const { train, held } = splitSubjects(items, 0.2, seed);
    const people = (side: typeof items) => new Set(side.map(({ subject }) => subject));
    assert.equal(people([...train]).intersection(people([...held])).size, 0);
    assert.deepEqual([train.length, held.length], [30, 10]);
    assert.deepEqual(splitSubjects(items, 0.2, seed), { train, held });
  }
  const drawn = new Set(
    Array.from({ length: 30 }, (_, seed) => splitSubjects(items, 0.1, seed).held[0]?.subject),
  );
  assert.ok(drawn.size > 4, "other seeds hold back other people");
  const two = splitSubjects(items.slice(0, 2), 0.99, 1);
  assert.deepEqual([two.train.length, two.held.length], [1, 1]);
  assert.throws(() => splitSubjects(items.filter(({ subject }) => subject === "s1"), 0.2, 1), {
    message: /hold back a person of 1: wanted videos of two/,
  });
  assert.deepEqual(shuffled([1, 2, 3, 4, 5], 3).sort(), [1, 2, 3, 4, 5]);
});

Deno.test("metrics are those of scikit-learn, and nothing can't be scored", () => {
  const { war, uar, f1 } = computeMetrics([1, 1, 1, 0], [1, 2, 1, 0]);
  assert.deepEqual([war, uar, f1].map((x) => x.toFixed(6)), ["0.750000", "0.555556", "0.600000"]);
  assert.throws(() => computeMetrics([], []), { message: /0 predictions for 0 labels/ });
  assert.throws(() => computeMetrics([1], [1, 0]), { message: /2 predictions for 1 labels/ });
  assert.deepEqual([largestAt([1, 3, 3]), largestAt([2]), largestAt([-1, -2])], [1, 0, 0]);
});

Deno.test("a head begins within PyTorch's bounds, the same for a seed", () => {
  const sizes = usualSizes(12, 46, 2), head = initialHead(sizes, 1);
  const bounds = { "temporal.weight": 36, "temporal.bias": 36, "temporal_classifier.0.bias": 46 };
  for (const [name, inputs] of Object.entries(bounds)) {
    const numbers = head.numbers.get(name) ?? [], bound = 1 / Math.sqrt(inputs);
    const largest = Math.max(...[...numbers].map(Math.abs));
    assert.ok(largest <= bound && largest > 0.5 * bound, `${name}: ${largest} of ${bound}`);
  }
  assert.deepEqual(initialHead(sizes, 1), head);
  assert.notDeepEqual(initialHead(sizes, 2), head);
});

Deno.test("features are found again, but not for other frames, another model, another preparation or half a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const frames = ["a", "b"].map((name) => join(folder, name));
    for (const frame of frames) await Deno.writeTextFile(frame, frame);
    const cache = { folder: join(folder, "cache"), model: "model", width: 3 };
    const find = async (from = cache, files = frames, recipe = "whole") =>
      await (await CachedFeatures.find(from, files, recipe)).read();
    assert.equal(await find(), undefined);
    const features = Float32Array.of(1, 2, 3, 4, 5, 6);
    const entry = await CachedFeatures.find(cache, frames, "whole");
    await entry.write(features, 12.34);
    assert.deepEqual(await find(), features);
    assert.equal(await entry.milliseconds(), 12.3);
    assert.equal(await find(cache, frames.slice(0, 1)), undefined);
    assert.equal(await find(cache, frames, "faces"), undefined);
    assert.equal(await find({ ...cache, model: "other" }), undefined);
    assert.equal(await find({ ...cache, width: 4 }), undefined);
    const [file] = [...Deno.readDirSync(cache.folder)];
    const path = join(cache.folder, file?.name ?? ""), bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length - 4));
    assert.equal(await find(), undefined);
    await entry.write(features, 1);
    await Deno.writeTextFile(join(folder, "a"), "changed");
    assert.equal(await find(), undefined);
    assert.deepEqual(await entry.read(), features, "an entry looks at its files once");
    await assert.rejects(() => entry.write(Float32Array.of(1, NaN, 2), 1), /not finite/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
