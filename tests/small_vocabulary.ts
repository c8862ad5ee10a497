import { byteLetters } from "../model/tokenizer/byte_symbols.ts";

/** Merges that make `he`, `hello`, `raised`, `brow` and `eyebrow`, each after its parts. */
export const smallMerges: readonly (readonly [string, string])[] = [
  ["h", "e"],
  ["l", "l"],
  ["ll", "o</w>"],
  ["he", "llo</w>"],
  ["e", "d</w>"],
  ["i", "s"],
  ["r", "a"],
  ["ra", "is"],
  ["rais", "ed</w>"],
  ["b", "r"],
  ["o", "w</w>"],
  ["br", "ow</w>"],
  ["e", "y"],
  ["ey", "e"],
  ["eye", "brow</w>"],
];

const byteTokens = [...byteLetters, ...byteLetters.map((letter) => `${letter}</w>`)];

/** Its tokens by their ids. */
export const smallTokens: readonly string[] = [
  ...byteTokens,
  ...smallMerges.map(([a, b]) => a + b),
  "<|startoftext|>",
  "<|endoftext|>",
];

/** How many tokens it has. */
export const smallVocabularySize = smallTokens.length;

const table = Object.fromEntries(smallTokens.map((token, id) => [token, id]));
const lines = smallMerges.map((pair) => pair.join(" "));

/** The vocabulary as files of each kind, by the names that they have. */
export const smallVocabularyFiles = {
  /** OpenAI's list goes on after what a vocabulary of this size uses. */
  "bpe_simple_vocab_16e6.txt": ['"a heading', ...lines, "x y", "y z", ""].join("\n"),
  "vocab.json": JSON.stringify(table),
  "merges.txt": ["#version: 0.2", ...lines, ""].join("\n"),
  "tokenizer.json": JSON.stringify({
    model: { type: "BPE", vocab: withoutSpecials(), merges: lines },
    added_tokens: [
      { id: smallTokens.length - 2, content: "<|startoftext|>" },
      { id: smallTokens.length - 1, content: "<|endoftext|>" },
    ],
  }),
} as const;

function withoutSpecials(): Record<string, number> {
  return Object.fromEntries(Object.entries(table).filter(([token]) => !token.startsWith("<|")));
}
