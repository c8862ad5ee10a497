import assert from "node:assert/strict";
import { takeTask } from "../app/ambivalence/task_option.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import type { EmbeddedSentence } from "../media/transcript/embed_sentences.ts";
import {
  type ConflictHead,
  encodeConflictHead,
  readConflictHead,
} from "../model/conflict_fusion/conflict_file.ts";
import { initialConflict } from "../model/conflict_fusion/parameters.ts";
import { usualConflictSizes } from "../model/conflict_fusion/sizes.ts";
import { onScale, voiceScale } from "../model/conflict_fusion/voice_scale.ts";
import { cutMoments } from "../person/ambivalence/moments.ts";

const sentence = (text: string, start?: number, end?: number): EmbeddedSentence => ({
  ...{ text, start, end },
  cutAt: undefined,
  features: new Float32Array(2),
});

/** Moments as from, to and what is said. */
const told = ({ moments }: ReturnType<typeof cutMoments>) =>
  moments.map(({ from, to, sentences }) => [
    ...[from, to].map((seconds) => Math.round(100 * seconds) / 100),
    sentences.map(({ text }) => text).join(),
  ]);

Deno.test("moments are sentences, and what lies between them if it is long enough", () => {
  const cut = cutMoments([sentence("a", 2, 4), sentence("b", 4.5, 6), sentence("c", 12)], true, 20);
  assert.equal(cut.times, "of the transcript");
  assert.deepEqual(told(cut), [
    [0, 2, ""],
    [2, 4, "a"],
    [4.5, 6, "b"],
    [6, 9, ""],
    [9, 12, ""],
    [12, 20, "c"], // it has no end: up to that of the video
  ]);
});

Deno.test("sentences without times share the video by their length, and silence is cut alike", () => {
  const cut = cutMoments([sentence("aaa"), sentence("b")], false, 8);
  assert.match(cut.times, /guessed/);
  assert.deepEqual(told(cut), [[0, 6, "aaa"], [6, 8, "b"]]);
  assert.deepEqual(told(cutMoments([], false, 7)), [[0, 3.5, ""], [3.5, 7, ""]]);
  assert.deepEqual(told(cutMoments([], false, 0.5)), [[0, 0.5, ""]]);
});

Deno.test("the task may be named anywhere, in one word or two", () => {
  assert.deepEqual(takeTask(["a", "--every", "2"]), {
    task: "expression",
    rest: ["a", "--every", "2"],
  });
  for (const named of [["--task", "ambivalence"], ["--task=ambivalence"]]) {
    assert.deepEqual(takeTask(["a", ...named, "b"]), { task: "ambivalence", rest: ["a", "b"] });
  }
  assert.throws(
    () => takeTask(["--task", "mood"]),
    /the task "mood": wanted one of expression, am/,
  );
  assert.throws(() => takeTask(["a", "--task"]), /Cannot take the task nothing/);
});

Deno.test("voices are put on the scale of those that were learnt from", () => {
  const scale = voiceScale([{ audio: [1, 5] }, { video: [1] }, { audio: [3, 5] }]);
  assert.deepEqual(scale, { mean: [2, 5], deviation: [1, 1] });
  assert.deepEqual(onScale({ audio: [4, 6], text: [1] }, scale), { audio: [2, 1], text: [1] });
  assert.deepEqual(onScale({ text: [1] }, scale), { text: [1] });
  assert.equal(voiceScale([{ video: [1] }]), undefined);
});

const head: ConflictHead = {
  parameters: initialConflict(
    usualConflictSizes("mlp", [
      { name: "video", width: 6, mayLack: true },
      { name: "audio", width: 2, mayLack: true },
    ]),
    3,
  ),
  classes: ["neutral", "ambivalence"],
  clip: { name: "small", fingerprint: "0123" },
  voice: { mean: [1, 2], deviation: [3, 4] },
  wordsShare: 0.15,
  trainedOn: { people: 3, clips: 9 },
};

const numbers = (...list: number[]) => Float32Array.from(list);

/** What a head that was trained with `--centred` knows of resting faces. */
const resting = {
  neutral: numbers(1, 2, 3, 4, 5, 6),
  rest: { direction: numbers(1, 0, 0, 0, 0, 0), offset: numbers(0, 0, 0, 0, 0, 1), frames: 7 },
};

/** Writes bytes to a file and reads the head in it. */
async function reread(bytes: Uint8Array): Promise<ConflictHead> {
  const path = await Deno.makeTempFile({ suffix: ".safetensors" });
  try {
    await Deno.writeFile(path, bytes);
    using file = await openTensors(path);
    return await readConflictHead(file);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("a head is read as it was written", async () => {
  assert.deepEqual(await reread(encodeConflictHead(head)), head);
  assert.deepEqual(await reread(encodeConflictHead({ ...head, ...resting })), {
    ...head,
    ...resting,
  });
});

Deno.test("a head that does not fit together is refused, with what is wrong", async () => {
  const wrong: [Partial<ConflictHead>, RegExp][] = [
    [{ classes: ["one"] }, /wanted the names of 2 classes/],
    [{ wordsShare: 2 }, /the share of the words must be from 0 to 1: got 2/],
    [
      { voice: { mean: [1], deviation: [1] } },
      /the mean and the deviation of 2 numbers about the v/,
    ],
    [{ voice: undefined }, /the mean and the deviation of 2 numbers/],
    [{ clip: { name: "small" } as ConflictHead["clip"] }, /its metadata lacks the CLIP/],
    [{ neutral: numbers(1, 2) }, /its usual neutral face must be \[6\]: got \[2\]/],
    [
      { ...resting, rest: { ...resting.rest, frames: 0 } },
      /what it takes to find a resting face is not complete/,
    ],
    [{ preparations: [{}] as unknown as ConflictHead["preparations"] }, /how pictures were prepar/],
  ];
  for (const [change, says] of wrong) {
    await assert.rejects(reread(encodeConflictHead({ ...head, ...change })), says);
  }
  const sizes = { ...head.parameters.sizes, heads: 3 };
  const parameters = { ...head.parameters, sizes };
  await assert.rejects(
    reread(encodeConflictHead({ ...head, parameters })),
    /its metadata has no sizes that fit together/,
  );
});
