import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { bah } from "../data/datasets/bah.ts";
import { plain } from "../data/datasets/plain.ts";
import { measureVoices } from "../data/measure_voices.ts";
import { readDataset } from "../data/read_dataset.ts";
import { prosodyNames } from "../media/sound/sound_features.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { ffmpeg } from "./infer_folder.ts";

/** The path of a video as lists have it. */
const video = (subject: number, question: number, mark = "_", ending = "") =>
  `Videos/${subject}/Visite_1/${subject}_Question_${question}_2024-10-02${mark}16-03-28_Video${ending}.mp4`;

const said =
  "chunks:\n- text: ' I want to.'\n  timestamp: [0.0, 0.4]\n- text: ' But, well...'\n  timestamp: [0.4, null]\n";

/** BAH as it is delivered, with empty videos; `files` are what it holds besides. */
async function withBah(
  body: (
    root: string,
    read: (labels: readonly string[]) => ReturnType<typeof readDataset>,
  ) => Promise<void>,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await using folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder.path, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, content);
  }
  const labels = join(folder.path, "split/train.txt");
  await Deno.mkdir(dirname(labels), { recursive: true });
  await body(folder.path, async (lines) => {
    await Deno.writeTextFile(labels, lines.join("\n"));
    const given = { kind: bah, classes: bah.classes, labels: [labels], sourceLabels: [] };
    return await readDataset({ ...given, root: folder.path });
  });
}

const transcription = (path: string, ending = ".yml") =>
  `transcription/${path}/${path.slice(path.lastIndexOf("/") + 1).replace(/\.mp4$/, "")}${ending}`;

Deno.test("BAH's transcripts are found in their folders, whatever stands between date and time", async () => {
  const [blank, bare, other] = [
    video(99001, 1, " "),
    video(99001, 2),
    video(99001, 3, "_", "-DESKTOP-X"),
  ];
  await withBah(async (_, read) => {
    const { clips, wrong, missing } = await read([
      `${video(99001, 1)},1`,
      `${bare},0,`,
      `${other},1`,
      `${video(99001, 4)},0`,
      `${video(99001, 5)},0,the list knows, it says`,
    ]);
    assert.deepEqual([
      wrong.flatMap(({ faults }) => faults),
      missing.flatMap(({ faults }) => faults),
    ], [[], []]);
    assert.deepEqual(clips.map(({ transcript }) => transcript), [
      "I want to.\nBut, well...",
      "I want to.\nBut, well...",
      "I want to.\nBut, well...",
      undefined,
      "the list knows, it says",
    ]);
  }, {
    ...Object.fromEntries(
      [blank, bare, other, video(99001, 4), video(99001, 5)].map((name) => [name, "video"]),
    ),
    [transcription(blank)]: said,
    [transcription(bare, ".mp4.yml")]: `\uFEFF${said.replaceAll("\n", "\r\n")}`,
    [transcription(other, ".yaml")]: said,
    [transcription(video(99001, 5))]: said,
  });
});

Deno.test("a transcript that says nothing is none to learn from; a malformed one is refused by file and line", async () => {
  const [empty, broken, worse] = [video(99001, 1), video(99001, 2), video(99001, 3)];
  await withBah(async (root, read) => {
    const { clips, wrong } = await read([`${empty},1`, `${broken},0`, `${worse},1`]);
    assert.equal(clips[0]?.transcript, "");
    assert.deepEqual(wrong.filter(({ faults }) => faults.length > 0), [
      {
        file: join(root, transcription(broken)),
        faults: [{ line: 3, why: 'chunks 1: wanted a time as a number, or null: got "soon"' }],
      },
      {
        file: join(root, transcription(worse)),
        faults: [{ line: undefined, why: "it is no text" }],
      },
    ]);
  }, {
    ...Object.fromEntries([empty, broken, worse].map((name) => [name, "video"])),
    [transcription(empty)]: "chunks: []\n",
    [transcription(broken)]: "chunks:\n- text: a\n  timestamp: [0, soon]\n",
    [transcription(worse)]: "\0",
  });
});

Deno.test("subtitles beside a video are its transcript in any data set", async () => {
  await using folder = await temporaryFolder();
  const labels = join(folder.path, "labels.csv");
  await Deno.writeTextFile(labels, "anna,a.mp4,0\nbob,b.mkv,1\n");
  for (const name of ["a.mp4", "b.mkv", "b.json"]) {
    await Deno.writeTextFile(join(folder.path, name), "x");
  }
  await Deno.writeTextFile(join(folder.path, "a.vtt"), "WEBVTT\n\n00:01.000 --> 00:02.000\nwell\n");
  const given = { kind: plain, classes: ["calm", "pain"], labels: [labels], sourceLabels: [] };
  const { clips, wrong } = await readDataset({ ...given, root: undefined });
  assert.deepEqual(wrong.flatMap(({ faults }) => faults), []);
  assert.deepEqual(clips.map(({ transcript }) => transcript), ["well", undefined]);
});

Deno.test("voices are measured in whole videos, crops or not, once; what has no sound has none", async () => {
  const [cropped, mute, loud] = [video(99001, 1), video(99001, 2, " "), video(99001, 3)];
  await withBah(async (root, read) => {
    const picture = [
      "-f",
      "lavfi",
      "-i",
      "testsrc2=size=64x48:rate=10:duration=1",
      "-c:v",
      "mpeg4",
    ];
    const tone = [
      "-f",
      "lavfi",
      "-i",
      "sine=frequency=200:sample_rate=16000:duration=1",
      "-c:a",
      "aac",
    ];
    await ffmpeg(...picture, ...tone, join(root, cropped));
    await ffmpeg(...picture, join(root, mute));
    await ffmpeg(...picture, ...tone, join(root, loud));
    const { clips } = await read([`${cropped},1`, `${mute},0`, `${loud},1`]);
    assert.equal(clips[0]?.pictures.length, 1, "crops are its pictures");
    const folder = join(root, "kept"), told: number[] = [];
    const heard = await measureVoices(clips, { folder, onClip: (done) => told.push(done) });
    assert.deepEqual(told, [1, 2, 3]);
    assert.deepEqual(heard.map(({ voice }) => voice?.length), [
      prosodyNames.length,
      undefined,
      prosodyNames.length,
    ]);
    assert.ok(Math.abs(heard[2]!.voice![3]! - 1) < 0.02, "200 Hz is an octave over 100");
    assert.deepEqual(heard[0]?.voice, heard[2]?.voice);
    // What is kept is read, and nothing is decoded again.
    assert.deepEqual(await measureVoices(clips, { folder, ffmpeg: "no-such-ffmpeg" }), heard);
  }, {
    [`cropped-aligned-faces/${cropped}/frame-0.jpg`]: "picture",
    [cropped]: "",
    [mute]: "",
    [loud]: "",
  });
});
