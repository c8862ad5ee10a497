import assert from "node:assert/strict";
import { bah } from "../data/datasets/bah.ts";

const name = (question: number, mark = "_") =>
  `Videos/99001/Visite_1/99001_Question_${question}_2024-10-02${mark}16-03-28_Video.mp4`;

/** The segments of a file that nothing is wrong with: video, label, first and last frame. */
function told(text: string) {
  const { clips, faults } = bah.read(text, bah.classes);
  assert.deepEqual(faults, []);
  return clips.map(({ video, label, media, subject }) => {
    assert.equal(subject, "99001");
    assert.ok(media.kind === "frames" && media.mayMiss);
    return [video, label, media.files[0], media.files.at(-1)];
  });
}

const wanted = [
  [name(1), 0, "frame-0.jpg", "frame-1.jpg"],
  [name(1), 1, "frame-2.jpg", "frame-3.jpg"],
  [name(1), 0, "frame-10.jpg", "frame-10.jpg"],
  [name(2), 1, "frame-5.jpg", "frame-5.jpg"],
];
const frames = [[0, 0], [10, 0], [1, 0], [2, 1], [3, 1]];
const block = (before: string, some: readonly number[][]) =>
  some.map(([frame, label]) => `${before}- - ${frame}\n${before}  - ${label}\n`).join("");
const flow = (some: readonly number[][]) => some.map((pair) => `[${pair.join(", ")}]`).join(", ");

const styles: Readonly<Record<string, string>> = {
  "PyYAML's block style, with other keys":
    `${name(1)}:\n  frame_annotation:\n${block("  ", frames)}  note: made up\n` +
    `${name(2, " ")}:\n  frame_annotation:\n${block("  ", [[5, 1]])}${
      name(3)
    }:\n  frame_annotation: []\n`,
  "pairs in flow style, names in quotes, a comment, a start and an end":
    `# made up\n---\n"${name(1)}":\n  frame_annotation:\n${
      frames.map((pair) => `  - [${pair}]\n`).join("")
    }` +
    `'${name(2)}':\n    frame_annotation: [[5, 1]]\n...\n`,
  "all in flow style":
    `{${name(1)}: {frame_annotation: [\n      ${flow(frames)}], note: x}, ${name(2, " ")}: {\n` +
    `    frame_annotation: [[5, 1]]}, ${name(3)}: {frame_annotation: []}}\n`,
  "JSON": JSON.stringify({
    [name(1)]: { frame_annotation: frames },
    [name(2)]: { frame_annotation: [[5, 1]] },
  }),
};

for (const [style, text] of Object.entries(styles)) {
  Deno.test(`BAH's annotation of frames is read: ${style}; with BOM and CRLF as well`, () => {
    assert.deepEqual(told(text), wanted);
    assert.deepEqual(told(`\uFEFF${text.replaceAll("\n", "\r\n")}`), wanted);
  });
}

Deno.test("what is wrong in BAH's annotation is told by line, everything at once", () => {
  const text = `${name(1)}:
  frame_annotation:
  - [0, 0]
  - [1, 2]
  - [x, 1]
  - [2]
  - - -3
    - 1
  - [0, 1]
  - [1.5, 1]
Videos/a/b.mp4:
  frame_annotation:
  - [0, 0]
${name(2)}:
  note: nothing else
${name(3)}:
  frame_annotation: 3
${name(1, " ")}:
  frame_annotation: [[3, 1], [0, 0]]
${name(4)}:
  frame_annotation: 'no end
`;
  const { faults } = bah.read(text, bah.classes);
  const lines: readonly (readonly [number, RegExp])[] = [
    [4, /wanted a label from 0 to 1.*got "2"/],
    [5, /wanted a frame as a whole number from 0 on: got "x"/],
    [6, /wanted \[FRAME, LABEL\]/],
    [7, /got "-3"/],
    [9, /frame 0 is named in line 3 as well/],
    [10, /got "1\.5"/],
    [11, /wanted Videos\/SUBJECT\/VISIT/],
    [14, /wanted a list named frame_annotation/],
    [17, /wanted a list named frame_annotation/],
    [19, /frame 0 is named in line 3 as well/],
    [21, /./],
  ];
  assert.deepEqual(
    faults.map(({ line }) => line),
    lines.map(([line]) => line),
    JSON.stringify(faults),
  );
  for (const [i, [, why]] of lines.entries()) assert.match(faults[i]?.why ?? "", why);
});

Deno.test("an annotation that names no frame, or is a list, is refused", () => {
  const why = (text: string) => bah.read(text, bah.classes).faults.map((fault) => fault.why).join();
  assert.match(why(`${name(1)}:\n  frame_annotation: []\n`), /it names no clip/);
  assert.match(why("---\n- a\n"), /wanted videos by their names: got a list/);
});
