import assert from "node:assert/strict";
import { join } from "node:path";
import { findMedia } from "../data/find_media.ts";
import { bah } from "../data/datasets/bah.ts";
import { biovid } from "../data/datasets/biovid.ts";
import { plain } from "../data/datasets/plain.ts";
import { checkSides, splitTargets } from "../data/split_targets.ts";
import { orderClips, pickSources } from "../data/pick_sources.ts";

const people = (count: number, clips = 2) =>
  Array.from({ length: count * clips }, (_, i) => ({
    id: `clip ${i}`,
    subject: `p${i % count}`,
    video: `video ${i}`,
    label: Math.floor(i / count) % 2,
  }));
const names = (clips: readonly { readonly subject: string }[]) =>
  [...new Set(clips.map(({ subject }) => subject))].sort();

Deno.test("targets are those named, the papers', or ten drawn; labels play no part", () => {
  const clips = people(30), choice = { count: 10, seed: 5 };
  const named = splitTargets(clips, { ...choice, named: ["p3", "p7"], usual: ["p1"] });
  assert.deepEqual([names(named.held), named.train.length], [["p3", "p7"], 56]);
  const usual = splitTargets(clips, { ...choice, usual: ["p1", "p2", "gone"] });
  assert.deepEqual(names(usual.held), ["p1", "p2"]);
  const drawn = splitTargets(clips, choice);
  assert.equal(names(drawn.held).length, 10);
  const turned = clips.map((clip) => ({ ...clip, label: 1 - clip.label })).reverse();
  assert.deepEqual(names(splitTargets(turned, choice).held), names(drawn.held));
  assert.notDeepEqual(names(splitTargets(clips, { ...choice, seed: 6 }).held), names(drawn.held));
  assert.deepEqual(names(splitTargets(people(3), choice).held).length, 2, "one is left");
  assert.throws(() => splitTargets(clips, { ...choice, named: ["nobody"] }), {
    message: /Cannot adapt to "nobody": there is no clip of that person; there are p0, p1/,
  });
});

Deno.test("a person or a video on both sides is refused", () => {
  const [a = assert.fail(), b = assert.fail(), c = assert.fail()] = people(3, 1);
  checkSides({ train: [a], held: [b, c] });
  assert.throws(() => checkSides({ train: [a, b], held: [{ ...c, subject: "p1" }] }), {
    message: /1 subjects are sources and targets at once, such as "p1"/,
  });
  assert.throws(() => checkSides({ train: [a], held: [{ ...b, video: a.video }] }), {
    message: /1 videos are sources and targets at once, such as "video 0"/,
  });
});

Deno.test("the order of clips is the seed's, whatever the file's, and sources are picked by class", () => {
  const clips = people(2, 8),
    order = (some: typeof clips, seed: number) =>
      [...orderClips(some, seed).values()].flat().map(({ id }) => id);
  assert.deepEqual(order([...clips].reverse(), 1), order(clips, 1));
  assert.notDeepEqual(order(clips, 2), order(clips, 1));
  const picked = pickSources(clips, 3, 1);
  assert.deepEqual(
    ["p0", "p1"].flatMap((subject) =>
      [0, 1].map((label) =>
        picked.filter((clip) => clip.subject === subject && clip.label === label).length
      )
    ),
    [3, 3, 3, 3],
  );
});

Deno.test("files are found in every layout, and what is missing is told by its line", async () => {
  const root = await Deno.makeTempDir();
  const write = async (path: string, text = "x") => {
    await Deno.mkdir(join(root, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  };
  try {
    const question = "Videos/9/Visite_1/9_Question_2_2024-10-02 16-03-28_Video.mp4";
    for (let i = 0; i < 215; i++) {
      if (i !== 7) await write(`cropped-aligned-faces/${question}/frame-${i}.jpg`);
    }
    const csv = "video,segment_id,label,num_frames,start_frame,end_frame\n" +
      `${question.replace("02 16", "02_16")},0,1,215,0,214\n`;
    const segments = await findMedia(root, bah.read(csv, ["no", "yes"]).clips);
    assert.deepEqual([segments.faults, segments.passedOver], [[], 1]);
    assert.deepEqual(segments.clips.map(({ pictures }) => pictures.length), [100, 100, 20]);
    assert.deepEqual(segments.clips.map(({ id }) => id.slice(-4)), ["#0.0", "#0.1", "#0.2"]);
    assert.ok(segments.clips[2]?.pictures[0]?.endsWith("frame-195.jpg"), "borrowed");

    await write("s/s-BL1-1/image80.jpg");
    const frames = "s/s-BL1-1/image80.jpg 0\ns/s-BL1-1/image120.jpg 0\ns/s-PA4-2/image80.jpg 1\n";
    const list = await findMedia(root, biovid.read(frames, ["no", "yes"]).clips);
    assert.deepEqual(list.clips, []);
    assert.deepEqual(list.faults.map(({ line }) => line), [1, 3]);
    assert.match(list.faults[0]?.why ?? "", /1 of its 2 frames are missing, such as .*image120/);
    assert.match(list.faults[1]?.why ?? "", /there is no folder .*s-PA4-2/);

    await write("a/one.mp4");
    await write("a/none.mp4", "");
    await write("a/pictures/image10.png");
    await write("a/pictures/image9.png");
    await write("a/notes/readme.txt");
    const table = ["one.mp4", "none.mp4", "pictures", "notes", "gone.mp4"]
      .map((name) => `a,a/${name},0\n`).join("");
    const own = await findMedia(root, plain.read(table, ["no", "yes"]).clips);
    assert.deepEqual(own.clips.map(({ file, pictures }) => [file, pictures.length]), [
      [join(root, "a/one.mp4"), 0],
      [undefined, 2],
    ]);
    assert.ok(own.clips[1]?.pictures[0]?.endsWith("image9.png"));
    assert.deepEqual(own.faults.map(({ line }) => line), [2, 4, 5]);
    assert.match(own.faults[0]?.why ?? "", /none\.mp4 is empty/);
    assert.match(own.faults[1]?.why ?? "", /there is no picture in/);
    assert.match(own.faults[2]?.why ?? "", /there is no .*gone\.mp4/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
