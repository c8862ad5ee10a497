import assert from "node:assert/strict";
import { parseCsv } from "../io/files/csv.ts";
import { bah } from "../data/datasets/bah.ts";
import { biovid } from "../data/datasets/biovid.ts";
import type { DatasetKind } from "../data/dataset.ts";
import { plain } from "../data/datasets/plain.ts";
import { stressid } from "../data/datasets/stressid.ts";

/** Tests that lines are refused, each fault with its line and its reason, and nothing else. */
function refused(
  name: string,
  kind: DatasetKind,
  lines: readonly string[],
  ...wanted: readonly (readonly [number | undefined, RegExp])[]
): void {
  Deno.test(`malformed: ${kind.name}, ${name}`, () => {
    const { faults } = kind.read(lines.join("\n"), kind.classes ?? ["calm", "pain"]);
    assert.deepEqual(faults.map(({ line }) => line), wanted.map(([line]) => line));
    for (const [i, [, why]] of wanted.entries()) assert.match(faults[i]?.why ?? "", why);
  });
}

const head = "subject,video,label";
refused("an empty file", plain, ["", "  "], [undefined, /^it is empty$/]);
refused("no text at all", plain, ["PK\x03\x04\0\0"], [undefined, /^it is no text$/]);
refused("another encoding", plain, [head, "ren\uFFFD,a.mp4,0"], [undefined, /not in UTF-8/]);
refused("a heading alone", plain, [head], [undefined, /it names no clip/]);
refused("a column missing", plain, ["subject,video", "a,a.mp4"], [
  1,
  /wanted the columns subject,video,label .* got subject,video$/,
]);
refused("a column of another name", plain, ["subject,video,label,tsak", "a,a.mp4,0,x"], [
  1,
  /tsak/,
]);
refused("cells missing and too many", plain, [head, "a,a.mp4", "a,b.mp4,0,x,y", "a,c.mp4,1"], [
  2,
  /wanted 3 columns: got 2/,
], [3, /wanted 3 columns: got 5/]);
refused(
  "labels that are none",
  plain,
  [head, "a,a.mp4,2", "a,b.mp4,", "a,c.mp4,0.5", "a,d.mp4,-1"],
  [
    2,
    /wanted a label from 0 to 1, or one of calm, pain: got "2"/,
  ],
  [3, /got ""/],
  [4, /got "0\.5"/],
  [5, /got "-1"/],
);
refused(
  "quotes that don't end",
  plain,
  [head, '"a,a.mp4,0', 'a,"b".mp4,0', 'a,b"c,0', "a,d.mp4,1"],
  [2, /a quoted cell does not end/],
  [3, /does not end, or something follows it/],
  [4, /a quote stands inside a cell/],
);
refused("nobody's video", plain, [head, ",a.mp4,0", "a,,0"], [2, /wanted a subject/], [
  3,
  /wanted a path: got none/,
]);
refused(
  "paths out of the root",
  plain,
  [head, "a,/x/a.mp4,0", "a,../b.mp4,1", "a,C:\\c.mp4,1"],
  [
    2,
    /wanted a path from the root/,
  ],
  [3, /\.\.\/b/],
  [4, /C:/],
);
refused("a clip twice, with another label", plain, [head, "a,a.mp4,0", "a,a.mp4,1"], [
  3,
  /"a\.mp4" is named in line 2 as well, with label 0 there/,
]);
refused(
  "a list without people",
  plain,
  ["b/1.jpg 1", "a/b/c.jpg 2", "a/b/d.txt 1"],
  [
    1,
    /wanted SUBJECT\/VIDEO\/FRAME/,
  ],
  [2, /wanted a label from 0 to 1/],
  [3, /wanted a picture or a video/],
);
refused(
  "a table of segments without people",
  plain,
  [
    "video,segment_id,label,num_frames,start_frame,end_frame",
    "a.mp4,0,0,5,0,4",
    "/x/a.mp4,0,0,5,0,4",
  ],
  [2, /wanted FOLDER\/SUBJECT\/…: got "a\.mp4"/],
  [3, /wanted a path from the root/],
);
refused("a video of two people", biovid, [
  "x/010203_w_30/010203_w_30-BL1-001/image1.jpg 0",
  "x/010203_w_31/010203_w_30-BL1-001/image1.jpg 0",
], [2, /"010203_w_30-BL1-001" lies in the folder of "010203_w_31"/]);

const frame = (stimulus: string, ms: number, label: string) =>
  `r/010203_w_30/010203_w_30-${stimulus}-001/image${ms}.jpg${label}`;
refused("no label", biovid, [frame("BL1", 2040, " 0"), frame("BL1", 2080, "")], [
  2,
  /wanted a path, a blank and a label/,
]);
refused(
  "a name that says otherwise",
  biovid,
  [frame("PA4", 2040, " 0"), frame("PA2", 2040, " 1")],
  [
    1,
    /its name says "pain" and its label "neutral"/,
  ],
  [2, /wanted BL1 or PA4: .* PA2/],
);
refused("a frame twice", biovid, [frame("BL1", 2040, " 0"), frame("BL1", 2040, " 0")], [
  2,
  /is named in line 1 as well/,
]);
refused(
  "no picture, no folder",
  biovid,
  ["notes.txt 0", "image1.jpg 0", "a/b 0"],
  [
    1,
    /wanted a picture or a video/,
  ],
  [2, /wanted SUBJECT\/VIDEO\/FRAME/],
  [3, /wanted a picture or a video/],
);
refused("commas for blanks", biovid, ["a/b/c.jpg,0"], [1, /wanted a path, a blank and a label/]);

refused("another person's name", stressid, ["s/zz9z/yy8y_Math/image_0.jpg 0"], [
  1,
  /wanted a video named zz9z_TASK: got "yy8y_Math"/,
]);
refused("labels of a video that differ", stressid, [
  "s/zz9z/zz9z_Math/image_0.jpg 0",
  "s/zz9z/zz9z_Math/image_5.jpg 1",
], [2, /has label 1 here and 0 in line 1/]);
refused("a table of other columns", stressid, ["subject/task,stress", "zz9z_Math,1"], [
  1,
  /wanted the columns subject\/task,binary-stress,affect3-class/,
]);
refused(
  "a table's rows",
  stressid,
  [
    "subject/task,binary-stress,affect3-class",
    "zz9zMath,1,2",
    "zz9z_Math,1",
    "zz9z_Math,2,2",
  ],
  [2, /wanted SUBJECT_TASK/],
  [3, /wanted 3 columns: got 2/],
  [4, /wanted a label/],
);

const video = "Videos/99001/Visite_1/99001_Question_7_2025-02-27_09-27-57_Video.mp4";
const columns = "video,segment_id,label,num_frames,start_frame,end_frame";
refused(
  "segments that don't add up",
  bah,
  [
    columns,
    `${video},0,0,334,0,333`,
    `${video},1,1,206,334,540`,
    `${video},2,1,-9,550,541`,
    `${video},3,1,x,600,700`,
    `${video},4,1,101,333,433`,
    `${video},5,1,3,900`,
  ],
  [3, /are 207: it says 206/],
  [4, /from 550 to 541 are none/],
  [5, /wanted whole numbers/],
  [
    6,
    /are those of line 2 as well/,
  ],
  [7, /wanted 6 columns: got 5/],
);
refused("a question that is none", bah, [`${video.replace("_7_", "_8_")},0,x`, `${video},1,y`], [
  1,
  /N from 1 to 7/,
]);
refused("a person who is not the folder's", bah, [`${video.replace("99001_", "99002_")},0`], [
  1,
  /wanted Videos\/SUBJECT/,
]);
refused("frames among videos", bah, [`${video},1,a`, `${video}/frame-3.jpg,0`], [
  2,
  /wanted Videos\/SUBJECT/,
]);
refused("a frame twice", bah, [`${video}/frame-3.jpg,0`, `${video}/frame-3.jpg,1`], [
  2,
  /frame 3 is named in line 1 as well/,
]);
refused("one video by both spellings", bah, [
  `${video},1,a`,
  `${video.replace("27_09", "27 09")},0,b`,
], [2, /is named in line 1 as well, with label 1 there/]);

Deno.test("tables are read as RFC 4180 has them, with each row's line", () => {
  const { rows, faults } = parseCsv('a,"b ""c"", d"\r\n"two\nlines",\n\n,\n"x"y,1\nlast,""');
  assert.deepEqual(rows, [
    { line: 1, cells: ["a", 'b "c", d'] },
    { line: 2, cells: ["two\nlines", ""] },
    { line: 5, cells: ["", ""] },
    { line: 7, cells: ["last", ""] },
  ]);
  assert.deepEqual(faults.map(({ line }) => line), [6]);
});
