import assert from "node:assert/strict";
import { loadClip } from "../model/clip/load_clip.ts";
import { Tokenizer } from "../model/tokenizer/tokenizer.ts";
import { cutSentence } from "../media/transcript/cut_sentence.ts";
import { embedSentences } from "../media/transcript/embed_sentences.ts";
import { plainTranscript } from "../media/transcript/transcript.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { madeUpClipFolder } from "./made_up_models.ts";
import { smallMerges, smallTokens, smallVocabularySize as size } from "./small_vocabulary.ts";

const tokenizer = new Tokenizer({
  tokens: smallTokens,
  merges: smallMerges,
  start: size - 2,
  end: size - 1,
});

Deno.test("a sentence keeps CLIP's 77 tokens, and the word where it was cut is told", () => {
  // "hello" is one token, "ab" two.
  const words = (hellos: number, ...others: string[]) =>
    [...Array.from({ length: hellos }, () => "hello"), ...others].join("  ");
  for (const hellos of [0, 1, 74, 75]) {
    const { tokens, cutAt } = cutSentence(tokenizer, words(hellos));
    assert.equal(tokens.length, hellos + 2);
    assert.equal(cutAt, undefined, `${hellos} words find room`);
  }
  const cases: readonly (readonly [string, number, string])[] = [
    [words(76), 75, "hello"],
    [words(75, "brow", "eyebrow"), 75, "brow"],
    [words(74, "ab", "hello"), 74, "ab"], // half of it finds room
    [words(73, "ab", "Raised!", "hello"), 74, "Raised!"],
    ["ab".repeat(60), 0, "ab".repeat(60)],
  ];
  for (const [text, index, word] of cases) {
    const { tokens, cutAt } = cutSentence(tokenizer, text);
    assert.deepEqual(cutAt, { index, word });
    assert.deepEqual(tokens, tokenizer.prompt(text, { truncate: true }), "as CLIP cuts it");
    assert.equal(tokens.length, 77);
    assert.equal(tokens.at(-1), size - 1, "the end is kept");
  }
});

Deno.test("any context length may be asked for", () => {
  const { tokens, cutAt } = cutSentence(tokenizer, "hello brow eyebrow", 4);
  assert.deepEqual(cutAt, { index: 2, word: "eyebrow" });
  assert.equal(tokens.length, 4);
});

gpuTest("sentences are embedded as CLIP embeds their texts, with their times", async () => {
  await using folder = await madeUpClipFolder();
  using clip = await loadClip(await sharedDevice(), folder.path);
  const { context } = clip.config.text;
  const long = Array.from({ length: context }, () => "hello").join(" ");
  const transcript = {
    timed: true,
    sentences: [
      { text: "hello brow", start: 0, end: 1 },
      { text: long, start: 1, end: undefined },
    ],
  };
  const [first, second] = await embedSentences(clip, transcript);
  const wanted = await clip.encodeTexts(["hello brow", long], { truncate: true });
  assert.deepEqual([...first!.features, ...second!.features], [...wanted]);
  assert.deepEqual([first?.start, second?.start, first?.cutAt], [0, 1, undefined]);
  assert.deepEqual(second?.cutAt, { index: context - 2, word: "hello" });
  assert.deepEqual(await embedSentences(clip, plainTranscript("")), []);
});
