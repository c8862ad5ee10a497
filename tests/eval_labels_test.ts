import assert from "node:assert/strict";
import { bah } from "../data/datasets/bah.ts";
import { biovid } from "../data/datasets/biovid.ts";
import type { DatasetKind, Labels } from "../data/dataset.ts";
import { plain } from "../data/datasets/plain.ts";
import { stressid } from "../data/datasets/stressid.ts";

const read = (kind: DatasetKind, lines: readonly string[], end = "\n"): Labels =>
  kind.read(lines.join(end) + end, kind.classes ?? ["calm", "pain"]);

/** Clips in short, of a file that nothing is wrong with. */
function told({ clips, faults }: Labels) {
  assert.deepEqual(faults, []);
  return clips.map(({ id, subject, label, task, media }) => [
    id,
    subject,
    label,
    task,
    media.kind === "frames" ? media.files.length : media.names[0],
  ]);
}

Deno.test("plain tables are read with a heading in any order, or without one", () => {
  const wanted = [
    ["anna/one, two.mp4", "anna", 0, "sums", "anna/one, two.mp4"],
    ["bob b/two", "bob b", 1, undefined, "bob b/two"],
  ];
  const rows = ['anna,"anna/one, two.mp4",0,sums', "bob b,bob b/two,pain,"];
  assert.deepEqual(told(read(plain, rows)), wanted);
  assert.deepEqual(told(read(plain, ["Subject,video,label,task", ...rows], "\r\n")), wanted);
  const turned = ["label,task,video,subject", 'calm,sums,"anna/one, two.mp4",anna'];
  assert.deepEqual(told(read(plain, turned)), wanted.slice(0, 1));
  assert.deepEqual(told(read(plain, ["\uFEFFa,a/1.mp4,1"])), [[
    "a/1.mp4",
    "a",
    1,
    undefined,
    "a/1.mp4",
  ]]);
});

Deno.test("a plain table may say what a person is counted among", () => {
  const groups = (lines: readonly string[]) =>
    read(plain, lines).clips.map(({ subject, task, group }) => [subject, task, group]);
  const wanted = [["a", "sums", "over 60"], ["b", undefined, undefined]];
  const rows = ["a,a/1.mp4,1,sums,over 60", "b,b/1.mp4,0,,"];
  assert.deepEqual(groups(rows), wanted);
  assert.deepEqual(groups(["subject,video,label,task,group", ...rows]), wanted);
  assert.deepEqual(groups(["group,subject,label,video", "men,c,0,c/1.mp4"]), [[
    "c",
    undefined,
    "men",
  ]]);
});

Deno.test("a plain dataset may be a list of frames or videos, or a table of segments", () => {
  const frames = ["data/anna/one, two/image80.jpg 1", "data/anna/one, two/image9.jpg\t1 "];
  assert.deepEqual(told(read(plain, [...frames, "data/bob/a b.mp4 0"])), [
    ["data/anna/one, two", "anna", 1, undefined, 2],
    ["data/bob/a b.mp4", "bob", 0, undefined, "data/bob/a b.mp4"],
  ]);
  assert.deepEqual(told(read(plain, ["path label", "a/b/c.png 1"])), [
    ["a/b", "a", 1, undefined, 1],
  ]);
  const columns = "video,segment_id,label,num_frames,start_frame,end_frame";
  const segments = read(plain, [columns, "Videos/7/a.mp4,2,1,25,0,24", "x/8,0,0,5,3,7"]);
  assert.deepEqual(told(segments), [
    ["Videos/7/a.mp4#2", "7", 1, undefined, 25],
    ["x/8#0", "8", 0, undefined, 5],
  ]);
});

Deno.test("where classes have no names, labels are any whole numbers", () => {
  const { clips, faults } = plain.read("a,a/1.mp4,0\na,a/2.mp4,17\na,a/3.mp4,calm\n");
  assert.deepEqual(clips.map(({ label }) => label), [0, 17]);
  assert.deepEqual(faults, [
    { line: 3, why: 'wanted a label, a whole number from 0 to 999: got "calm"' },
  ]);
});

Deno.test("BioVid's lists are read with and without a heading, frames in the order of time", () => {
  const of = (name: string, ms: number, label: number) =>
    `sub red/010203_w_30/010203_w_30-${name}/image${ms}.jpg ${label}`;
  const rows = [of("BL1-001", 2080, 0), of("BL1-001", 10000, 0), of("BL1-001", 2040, 0)];
  const labels = read(biovid, ["path label", ...rows, of("PA4-017", 2040, 1)], "\r\n");
  assert.deepEqual(told(labels), [
    ["sub red/010203_w_30/010203_w_30-BL1-001", "010203_w_30", 0, undefined, 3],
    ["sub red/010203_w_30/010203_w_30-PA4-017", "010203_w_30", 1, undefined, 1],
  ]);
  const [{ media } = assert.fail()] = labels.clips;
  assert.deepEqual(media.kind === "frames" && media.files, [
    "image2040.jpg",
    "image2080.jpg",
    "image10000.jpg",
  ]);
  const video = "video/010203_w_30/010203_w_30-PA4-017.mp4";
  assert.deepEqual(told(read(biovid, [`${video} 1`])), [[
    video,
    "010203_w_30",
    1,
    undefined,
    video,
  ]]);
  assert.equal(biovid.targets?.length, 10);
});

Deno.test("StressID is read from lists of frames and from its own table", () => {
  const frames = [215, 5].map((n) => `sub_images/zz9z/zz9z_Speaking/image_${n}.jpg 1`);
  const id = "sub_images/zz9z/zz9z_Speaking";
  assert.deepEqual(told(read(stressid, frames)), [[id, "zz9z", 1, "Speaking", 2]]);
  const table = ["subject/task,binary-stress,affect3-class", "zz9z_Math,1,2", "zz9z/Counting1,0,0"];
  assert.deepEqual(told(read(stressid, table, "\r\n")), [
    ["zz9z/zz9z_Math", "zz9z", 1, "Math", "Videos/zz9z/zz9z_Math.mp4"],
    ["zz9z/zz9z_Counting1", "zz9z", 0, "Counting1", "Videos/zz9z/zz9z_Counting1.mp4"],
  ]);
});

const name = (question: number, mark = "_") =>
  `Videos/99001/Visite_1/99001_Question_${question}_2024-10-02${mark}16-03-28_Video.mp4`;

Deno.test("BAH's videos keep commas in transcripts, blanks in names and other endings", () => {
  const rows = [
    `${name(3, " ")},1,well, it depends, "you know"`,
    `${name(4)},0`,
    `${name(7).replace(".mp4", "-DESKTOP-ABC.mp4")},0,`,
  ];
  const labels = read(bah, rows);
  assert.deepEqual(told(labels).map((row) => row.slice(1, 4)), [
    ["99001", 1, "Question 3"],
    ["99001", 0, "Question 4"],
    ["99001", 0, "Question 7"],
  ]);
  const [{ id, media } = assert.fail()] = labels.clips;
  assert.equal(id, name(3), "a blank or an underscore: the same video");
  assert.ok(media.kind === "video" && media.names.includes(name(3, " ")));
  assert.ok(media.kind === "video" && media.names.includes(name(3)));
  assert.ok(media.kind === "video" && media.names[0]?.startsWith("cropped-aligned-faces/"));
});

Deno.test("BAH's lists may have a byte-order mark, CRLF and odd transcripts; the rest is refused by line", () => {
  const rows = [
    `\uFEFF${name(1)}, 1 ,a\u2028b`,
    `${name(2)},0,"quotes stay", and ${name(2)},0,too`,
    `${name(3)},1,no newline follows`,
  ];
  const { clips, faults } = bah.read(rows.join("\r\n"), bah.classes);
  assert.deepEqual(faults, []);
  assert.deepEqual(clips.map(({ id, label, transcript }) => [id, label, transcript]), [
    [name(1), 1, "a\u2028b"],
    [name(2), 0, `"quotes stay", and ${name(2)},0,too`],
    [name(3), 1, "no newline follows"],
  ]);
  const broken = read(bah, [
    `${name(1)},1,fine`,
    "video,label,text",
    `${name(2)},1.0,a`,
    `${name(3)},2,a`,
    `${name(4)},1,one\rtwo`,
    `${name(1, " ")},0,the same video`,
    `"${name(5)}",1,quoted`,
  ]);
  assert.deepEqual(broken.faults.map(({ line }) => line), [2, 3, 4, 5, 6, 7]);
});

Deno.test("BAH's segments are read, empty ones passed over, and its frames make segments", () => {
  const head = "video,segment_id,label,num_frames,start_frame,end_frame";
  const segments = [head, `${name(7)},0,0,334,0,333`, `${name(7)},1,1,207,334,540`];
  const labels = read(bah, [...segments, `${name(2)},0,0,0,0,-1`], "\r\n");
  assert.deepEqual(told(labels), [
    [`${name(7)}#0`, "99001", 0, "Question 7", 334],
    [`${name(7)}#1`, "99001", 1, "Question 7", 207],
  ]);
  const [, { media } = assert.fail()] = labels.clips;
  assert.ok(media.kind === "frames" && media.files[0] === "frame-334.jpg" && media.mayMiss);
  assert.deepEqual(media.kind === "frames" && media.cut, { most: 100, least: 20 });
  const frames = [[4, 0], [3, 0], [5, 1], [9, 1]].map(([n, label]) =>
    `${name(1, " ")}/frame-${n}.jpg,${label}`
  );
  assert.deepEqual(told(read(bah, frames)).map(([id, , label, , count]) => [id, label, count]), [
    [`${name(1)}#3`, 0, 2],
    [`${name(1)}#5`, 1, 1],
    [`${name(1)}#9`, 1, 1],
  ]);
});
