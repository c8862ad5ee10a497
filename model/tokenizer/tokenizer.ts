import { fromLetters, toLetters } from "./byte_symbols.ts";
import { cleanText, otherCharacters } from "./clean_text.ts";
import { mergeLetters } from "./merge_letters.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Words: the special tokens, English endings, letters, single digits, and everything else. Case is
 * ignored even in lower-case text, which matters for the long s: `'ſ` is an ending.
 */
const words = new RegExp(
  `<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|${otherCharacters}+`,
  "giu",
);

/** The number of cached words, and the longest one that is cached. */
const mostWords = 10_000, longestWord = 100;

/** Options of tokenizing a prompt. */
export interface PromptOptions {
  /** The most tokens, start and end included. */
  readonly contextLength?: number;
  /** Truncate a text that is too long instead of refusing it. */
  readonly truncate?: boolean;
}

/** CLIP's tokenizer: byte-pair encoding of cleaned, lower-case text. */
export class Tokenizer {
  readonly #vocabulary: Vocabulary;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #known = new Map<string, readonly number[]>();

  /** Makes a tokenizer from a vocabulary: see `readVocabulary()`. */
  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#ids = new Map(vocabulary.tokens.map((token, id) => [token, id]));
    this.#ranks = new Map(vocabulary.merges.map((pair, rank) => [pair.join(" "), rank]));
  }

  /** The ids of a text, without start and end. */
  encode(text: string): number[] {
    return cleanText(text).match(words)?.flatMap((word) => this.#encodeWord(word)) ?? [];
  }

  /** The text of ids; each word ends with a space. */
  decode(ids: readonly number[]): string {
    const letters = ids.map((id) => this.#vocabulary.tokens[id] ?? "").join("");
    return letters.split("</w>").map(fromLetters).join(" ");
  }

  /** The ids of a prompt with start and end, as the text tower takes it. Not padded. */
  prompt(text: string, { contextLength = 77, truncate = false }: PromptOptions = {}): number[] {
    const { start, end } = this.#vocabulary;
    const ids = this.encode(text), most = contextLength - 2;
    if (ids.length > most && !truncate) {
      const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      throw new RangeError(
        `Cannot tokenize "${shown}": it has ${ids.length} tokens: ${most} is the most: ` +
          `shorten it, or have it cut`,
      );
    }
    return [start, ...ids.slice(0, most), end];
  }

  #encodeWord(word: string): readonly number[] {
    const known = this.#known.get(word);
    if (known) return known;
    const { start, end } = this.#vocabulary;
    const ids = word === "<|startoftext|>"
      ? [start]
      : word === "<|endoftext|>"
      ? [end]
      : this.#merge(word);
    if (word.length > longestWord) return ids;
    if (this.#known.size >= mostWords) this.#known.clear();
    this.#known.set(word, ids);
    return ids;
  }

  #merge(word: string): number[] {
    const letters = toLetters(word);
    letters[letters.length - 1] += "</w>";
    const symbols = mergeLetters(letters, (a, b) => this.#ranks.get(`${a} ${b}`));
    return symbols.map((symbol) => {
      const id = this.#ids.get(symbol);
      if (id !== undefined) return id;
      throw new RangeError(`Cannot tokenize: the vocabulary has no token "${symbol}"`);
    });
  }
}
