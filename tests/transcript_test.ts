import assert from "node:assert/strict";
import { join } from "node:path";
import { parseTranscript, readTranscript } from "../media/transcript/read_transcript.ts";
import { framesDuring, plainTranscript, wholeText } from "../media/transcript/transcript.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { rejection } from "./fakes.ts";

/** The sentences of a transcript, each as its text and times. */
const told = (name: string, content: string | Uint8Array) =>
  parseTranscript(name, content).sentences.map(({ text, start, end }) => [text, start, end]);

const yes = [["yes", 0, 1.5], ['well, it\'s: "no"', 1.5, undefined]];

/** The same two sentences as PyYAML may write them. */
const styles: Readonly<Record<string, string>> = {
  "its default":
    "chunks:\n- text: ' yes'\n  timestamp:\n  - 0.0\n  - 1.5\n- text: ' well, it''s: \"no\"'\n  timestamp:\n  - 1.5\n  - null\n",
  "times in flow style":
    'chunks:\n- text: \'yes\'\n  timestamp: [0.0, 1.5]\n- text: "well, it\'s: \\"no\\""\n  timestamp: [1.5, null]\n',
  "all in flow style":
    "{chunks: [{text: 'yes', timestamp: [0.0, 1.5]}, {text: 'well, it''s:\n      \"no\"', timestamp: [\n      1.5, null]}]}\n",
  "folded":
    'chunks:\n- text: >-\n    yes\n  timestamp: [0, 1.5]\n- text: >\n    well, it\'s:\n    "no"\n  timestamp: [1.5, ~]\n',
  "literal":
    'chunks:\n  - text: |\n      yes\n    timestamp: [0, 1.5]\n  - text: |-\n      well, it\'s: "no"\n    timestamp:\n    - 1.5\n    -\n',
  "quoted, with tags":
    '"chunks":\n- "text": "yes"\n  "timestamp":\n  - !!float "0.0"\n  - !!float "1.5"\n- "text": "well, it\'s:\\\n    \\ \\"no\\""\n  "timestamp":\n  - !!float "1.5"\n  - !!null "null"\n',
  "keys in another order, a comment, a start of document":
    "# made up\n---\nlanguage: en\nchunks:\n- timestamp: [0.0, 1.5]\n  text: yes\n- timestamp: [1.5, null]\n  text: 'well, it''s: \"no\"'\n...\n",
  "JSON":
    '{"chunks": [{"text": " yes", "timestamp": [0.0, 1.5]}, {"text": "well, it\'s: \\"no\\"", "timestamp": [1.5, null]}]}',
};

for (const [style, text] of Object.entries(styles)) {
  Deno.test(`transcripts in YAML: ${style}; with BOM and CRLF as well`, () => {
    assert.deepEqual(told("a.yml", text), yes);
    assert.deepEqual(told("a.YAML", `\uFEFF${text.replaceAll("\n", "\r\n")}`), yes);
  });
}

Deno.test("texts that look like something else stay texts; empty ones are left out; order is that of time", () => {
  const texts = ["12", "null", "~", "true", "1e3", "", "   ", "#x", "- y", "é’😀"];
  const chunks = texts.map((text, i) =>
    `- text: ${JSON.stringify(text)}\n  timestamp: [${20 - i}, ${21 - i}]\n`
  );
  assert.deepEqual(
    told("a.yml", `chunks:\n${chunks.join("")}`).map(([text]) => text),
    texts.filter((text) => text.trim() !== "").reverse(),
  );
  assert.deepEqual(
    told("a.json", '{"chunks": [{"text": "\\ud83d\\ude00", "timestamp": [0, 1]}]}'),
    [
      ["😀", 0, 1],
    ],
  );
  assert.deepEqual(parseTranscript("a.yml", "chunks: []\n"), { sentences: [], timed: false });
});

const wanted = [["I want to,", 0.5, 2], ["but I can't & won't.", 62.25, 64]];

Deno.test("Whisper's JSON is read in each of its shapes", () => {
  const segments =
    '{"id": 0, "start": 0.5, "end": 2.0, "text": " I want to,", "avg_logprob": NaN},\n' +
    '\t{"id": 1, "start": 62.25, "end": 64, "text": " but I can\'t & won\'t."}';
  assert.deepEqual(
    told("a.json", `{"text": "x",\n\t"segments": [${segments}], "language": "en"}`),
    wanted,
  );
  assert.deepEqual(told("a.json", `[${segments}]`), wanted);
  const cpp = [[500, 2000, " I want to,"], [62250, 64000, " but I can't & won't."]]
    .map(([from, to, text]) => ({ timestamps: { from: "", to: "" }, offsets: { from, to }, text }));
  assert.deepEqual(told("a.json", JSON.stringify({ transcription: cpp }, undefined, "\t")), wanted);
});

Deno.test("SubRip is read with commas or points, marks of style, several lines and no numbers", () => {
  const srt = "1\n00:00:00,500 --> 00:00:02,000\n<i>I want</i>\nto,\n\n2\n" +
    "00:01:02,250 --> 00:01:04,000 X1:1\n{\\an8}but I can't & won't.\n\n\n3\n00:02:00,000 --> 00:02:01,000\n";
  assert.deepEqual(told("a.srt", srt), wanted);
  assert.deepEqual(told("a.srt", `\uFEFF${srt.replaceAll("\n", "\r\n")}`), wanted);
  assert.deepEqual(told("a.srt", srt.replaceAll(/^\d\n/gm, "").replaceAll(",500", ".5")), wanted);
});

Deno.test("WebVTT is read with notes, styles, names, speakers and short times", () => {
  const vtt =
    "WEBVTT - made up\nKind: captions\n\nNOTE nothing\n00:00 --> is no cue\n\nSTYLE\n::cue { color: red }\n\n" +
    "first\n00:00.500 --> 00:02.000 align:start\n<v Anna>I want <00:01.000><b>to</b>,\n\n" +
    "00:01:02.250 --> 00:01:04.000\nbut I can't &amp; won't.\n";
  assert.deepEqual(told("a.vtt", vtt), wanted);
});

Deno.test("plain text is cut into sentences, and has no times", () => {
  const text = '\uFEFFI do. "But I can\'t!" Well…\r\nno end\n\n3.5 of it';
  const transcript = parseTranscript("a.txt", text);
  assert.deepEqual(transcript.sentences.map(({ text }) => text), [
    ...["I do.", '"But I can\'t!"', "Well…", "no end", "3.5 of it"],
  ]);
  assert.equal(transcript.timed, false);
  assert.equal(wholeText(plainTranscript("a. b.")), "a. b.");
});

Deno.test("a sentence covers the frames from its start to just before its end", () => {
  const times = Array.from({ length: 10 }, (_, i) => i / 10);
  const during = (start?: number, end?: number) => framesDuring({ start, end }, times);
  assert.deepEqual(during(0, 0.3), [0, 2]);
  assert.deepEqual(during(0.25, 0.3), [3, 2], "none");
  assert.deepEqual(during(0.9), [9, 9], "to the end of the video");
  assert.deepEqual(during(5, 6), [10, 9], "behind it");
});

const malformed: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
  [
    "no list",
    "a.yml",
    "text: yes\n",
    /line 1: wanted a list named chunks, segments or transcription$/,
  ],
  ["a text alone", "a.yml", "yes\n", /line 1: wanted a list named/],
  ["a list that is none", "a.yml", "\nchunks: 3\n", /line 2: wanted a list of chunks$/],
  [
    "a piece that is none",
    "a.yml",
    "chunks:\n- yes\n",
    /line 2: chunks 1: wanted a text with its times$/,
  ],
  ["no text", "a.yml", "chunks:\n- timestamp: [0, 1]\n", /line 2: chunks 1: it has no text$/],
  [
    "null as text",
    "a.yml",
    "chunks:\n- text: null\n  timestamp: [0, 1]\n",
    /line 2: .*it has no text$/,
  ],
  [
    "one time",
    "a.yml",
    "chunks:\n- text: a\n  timestamp: [1]\n",
    /line 2: .*wanted a timestamp of two numbers$/,
  ],
  [
    "a time that is a text",
    "a.yml",
    "chunks:\n- text: a\n  timestamp:\n  - 0.0\n  - '1.5'\n",
    /line 5: chunks 1: wanted a time as a number, or null: got "1\.5"$/,
  ],
  [
    "a time that is not finite",
    "a.yml",
    "chunks:\n- text: a\n  timestamp: [.nan, 1]\n",
    /line 3: .*got "\.nan"$/,
  ],
  [
    "a list as a time",
    "a.yml",
    "chunks:\n- text: a\n  timestamp: [[0], 1]\n",
    /line 3: .*got a list$/,
  ],
  [
    "an end before its start",
    "a.yml",
    "chunks:\n- text: a\n  timestamp: [2, 1.5]\n",
    /line 2: it ends at 1\.5 s, before it begins at 2 s$/,
  ],
  [
    "a time before the video",
    "a.yml",
    "chunks:\n- text: a\n  timestamp: [-1, 1]\n",
    /line 2: it begins at -1 s, before the video$/,
  ],
  ["quotes that don't end", "a.yml", "chunks:\n- text: 'a\n", /line \d: .*/],
  ["a wrong indentation", "a.yml", "chunks:\n- text: a\n   timestamp: [0, 1]\n", /line 3: /],
  ["a name twice", "a.yml", "chunks: []\nchunks: []\n", /line 2: "chunks" is there twice$/],
  [
    "references",
    "a.yml",
    "chunks:\n- &a {text: x, timestamp: [0, 1]}\n- *a\n",
    /line 3: references/,
  ],
  ["two documents", "a.yml", "chunks: []\n---\nchunks: []\n", /several documents/],
  ["nothing", "a.yml", "", /line 1: it is empty$/],
  ["JSON that ends early", "a.json", '{"segments": [\n{"text": "a",', /line 2: /],
  [
    "a segment without a text",
    "a.json",
    '{"segments": [\n{"start": 0, "end": 1}]}',
    /line 2: segments 1: it has no text$/,
  ],
  [
    "no offsets",
    "a.json",
    '{"transcription": [{"text": "a"}]}',
    /transcription 1: wanted offsets with from and to$/,
  ],
  [
    "times of another kind",
    "a.srt",
    "1\n00:00:00,500 -> 00:00:02,000\na\n",
    /line 2: wanted a time such as .*: got "00:00:00,500 -> 00:00:02,000"$/,
  ],
  [
    "a cue of one line",
    "a.srt",
    "1\n00:00:00,500 --> 00:00:02,000\na\n\nb\n",
    /line 5: wanted a time such as .*: got "b"$/,
  ],
  ["minutes past 59", "a.srt", "00:61:00,000 --> 00:62:00,000\na\n", /line 1: wanted a time/],
  [
    "subtitles that go back",
    "a.srt",
    "\n1\n00:00:03,000 --> 00:00:02,000\na\n",
    /line 3: it ends at 2 s, before it begins at 3 s$/,
  ],
  [
    "no WEBVTT",
    "a.vtt",
    "00:00.500 --> 00:02.000\na\n",
    /line 1: wanted WEBVTT as its first word: got "00:00\.500/,
  ],
  ["another ending", "a.docx", "x", /wanted a file that ends in \.yml, .*\.txt: got "\.docx"$/],
  [
    "another encoding",
    "a.srt",
    Uint8Array.of(0xff, 0xfe, 0x31, 0),
    /it is not in UTF-8: save it in that encoding$/,
  ],
  ["no text at all", "a.txt", "PK\0\0", /it is no text$/],
];

for (const [what, name, content, why] of malformed) {
  Deno.test(`a transcript is refused by its file and line: ${name}, ${what}`, () => {
    assert.throws(() => parseTranscript(name, content), (error: Error) => {
      assert.equal(error.name, "FormatError");
      assert.ok(error.message.startsWith(`Cannot read "${name}" as a transcript: `), error.message);
      assert.match(error.message, why);
      assert.ok(!error.message.includes("\n"), error.message);
      return true;
    });
  });
}

Deno.test("a transcript's file is read; one of gigabytes is refused before it is", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "a.txt");
  await Deno.writeTextFile(path, "I do. I don't.");
  assert.equal((await readTranscript(path)).sentences.length, 2);
  await Deno.truncate(path, 2 ** 32);
  assert.match(
    (await rejection(readTranscript(path))).message,
    /it has 4294967296 bytes: 67108864 is the most/,
  );
});
