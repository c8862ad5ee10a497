import assert from "node:assert/strict";
import { join } from "node:path";
import { readSplit } from "../app/eval/open_dataset.ts";
import { bah } from "../data/datasets/bah.ts";
import { biovid } from "../data/datasets/biovid.ts";
import { readFolders } from "../data/datasets/folder_layout.ts";
import type { DatasetKind } from "../data/dataset.ts";
import { plain } from "../data/datasets/plain.ts";
import { stressid } from "../data/datasets/stressid.ts";

/** Reads a folder that has these videos, each of one picture. */
async function folders(kind: DatasetKind, ...videos: readonly string[]) {
  const root = await Deno.makeTempDir();
  try {
    for (const video of videos) {
      await Deno.mkdir(join(root, video), { recursive: true });
      await Deno.writeTextFile(join(root, video, "image1.jpg"), "x");
    }
    const classes = kind.classes ?? ["calm", "pain"];
    const labels = await readFolders(root, kind, classes);
    const read = readSplit({
      ...{ kind, classes, labels: [root], sourceLabels: [], root: undefined },
      ...{ targets: undefined, seed: 1, skipMissing: false },
    });
    return { ...labels, split: await read.catch((error: Error) => error.message) };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("folders of sides and classes are read, people by the videos' names", async () => {
  const { split } = await folders(
    biovid,
    "train/neutral/010203_w_30-BL1-001",
    "validation/pain/040506_m_40-PA4-017",
    "1/neutral/070809_w_50-BL1-002",
  );
  assert.ok(typeof split !== "string", `${split}`);
  const told = (clips: typeof split.train) =>
    clips.map(({ subject, label, pictures }) => [subject, label, pictures.length]);
  assert.deepEqual(told(split.train), [["010203_w_30", 0, 1], ["040506_m_40", 1, 1]]);
  assert.deepEqual(told(split.held), [["070809_w_50", 0, 1]]);
  const stress = await folders(stressid, "train/neutral/zz9z_Math", "2/stress/yy8y_Counting1");
  assert.deepEqual(stress.targets.clips.map(({ subject, task }) => [subject, task]), [
    ["yy8y", "Counting1"],
  ]);
  const video = "99001_Question_4_2024-10-02_16-03-28_Video.mp4";
  const questions = await folders(bah, `1/ambivalence/${video}`);
  assert.deepEqual(questions.targets.clips.map(({ subject, task }) => [subject, task]), [
    ["99001", "Question 4"],
  ]);
});

Deno.test("a target who is among the sources is found out, whatever the folder's number", async () => {
  const { split } = await folders(
    biovid,
    "train/neutral/010203_w_30-BL1-001",
    "1/neutral/010203_w_30-BL1-002",
  );
  assert.match(`${split}`, /1 subjects are sources and targets at once, such as "010203_w_30"/);
});

Deno.test("folders that are none of these are told one by one", async () => {
  const { targets: { faults }, split } = await folders(
    biovid,
    "test/neutral/010203_w_30-BL1-001",
    "train/joy/010203_w_30-BL1-001",
    "train/neutral/010203_w_30-PA4-001",
    "train/neutral/010203_w_30-BL1-003",
    "validation/neutral/010203_w_30-BL1-003",
    "train/pain/who",
    "1/neutral/040506_m_40-BL1-001",
    "1/pain/070809_w_50-PA4-001",
  );
  const wanted = [
    /^1: wanted one person: got 040506_m_40, 070809_w_50$/,
    /^test: wanted train, validation or a target's number$/,
    /^train\/joy: wanted a class: neutral, pain$/,
    /^train\/neutral\/010203_w_30-PA4-001: its name says "pain"$/,
    /^train\/pain\/who: wanted a video named SUBJECT-BL1-NNN/,
    /^validation\/.*-003: it is in train\/neutral\/.*-003 as well$/,
  ];
  assert.equal(faults.length, wanted.length);
  for (const [i, why] of wanted.entries()) assert.match(faults[i]?.why ?? "", why);
  assert.match(`${split}`, /labels are wrong, as listed above/);
  const own = await folders(plain, "train/calm/a");
  assert.match(own.targets.faults[0]?.why ?? "", /data of kind plain has labels in a file/);
});
