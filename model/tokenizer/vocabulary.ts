import { FormatError, type Refuse, shown } from "../../io/files/format_error.ts";
import { byteLetters } from "./byte_symbols.ts";

/** A tokenizer's tokens, and how letters are merged into them. */
export interface Vocabulary {
  /** The tokens by their ids. */
  readonly tokens: readonly string[];
  /** The merged pairs, by priority. */
  readonly merges: readonly (readonly [string, string])[];
  /** The ids before and after every prompt. */
  readonly start: number;
  /** The token at the end of each text. */
  readonly end: number;
}

const [startToken, endToken] = ["<|startoftext|>", "<|endoftext|>"];

/** Tokens that come before the merges in OpenAI's list: each byte, and each byte at a word's end. */
const byteTokens = [...byteLetters, ...byteLetters.map((letter) => `${letter}</w>`)];

/** A vocabulary's file, read: its name decides what it is. */
export interface VocabularyFile {
  /** For messages, and for the kind: `tokenizer.json`, `vocab.json` or another, a list of merges. */
  readonly name: string;
  /** Its text, unpacked. */
  readonly text: string;
  /** The text of the `merges.txt` that belongs to a `vocab.json`. */
  readonly merges?: string | undefined;
}

/**
 * Parses a vocabulary: OpenAI's list of merges (`bpe_simple_vocab_16e6.txt`), Hugging Face's
 * `tokenizer.json`, or its `vocab.json` with `merges.txt`. `size` is the checkpoint's number of tokens:
 * OpenAI's list has more merges than any model uses.
 */
export function parseVocabulary(
  { name, text, merges }: VocabularyFile,
  { size }: { readonly size?: number } = {},
): Vocabulary {
  const refuse = refusalOf(name);
  let vocabulary: Vocabulary;
  if (name.endsWith("vocab.json")) {
    if (merges === undefined) throw refuse("there is no merges.txt beside it");
    const lines = splitLines(merges).filter((line) => !line.startsWith("#version"));
    vocabulary = fromTable(parseJson(text, refuse), splitMerges(lines, refuse), refuse);
  } else if (name.endsWith(".json")) {
    vocabulary = fromTokenizerJson(parseJson(text, refuse), refuse);
  } else {
    vocabulary = fromMergeList(text, size ?? 49408, refuse);
  }
  check(vocabulary, size, refuse);
  return vocabulary;
}

/** The error that says why a vocabulary cannot be read. */
export function refusalOf(name: string): Refuse {
  return (why) => new FormatError(`Cannot read the vocabulary "${name}": ${why}`);
}

/** OpenAI's list of merges, which the tokens follow from. The first line is a heading. */
function fromMergeList(text: string, size: number, refuse: Refuse): Vocabulary {
  const wanted = size - byteTokens.length - 2, lines = splitLines(text).slice(1);
  if (wanted < 0 || lines.length < wanted) {
    throw refuse(`got ${lines.length} merges: a vocabulary of ${size} tokens takes ${wanted}`);
  }
  const merges = splitMerges(lines.slice(0, wanted), refuse);
  const tokens = [...byteTokens, ...merges.map((pair) => pair.join("")), startToken, endToken];
  return { tokens, merges, start: size - 2, end: size - 1 };
}

/** The relevant parts of a `tokenizer.json`; in a damaged file they may be of any type. */
interface TokenizerJson {
  readonly model?: {
    readonly type?: unknown;
    readonly vocab?: unknown;
    readonly merges?: unknown;
  } | null;
  readonly added_tokens?: unknown;
}

function fromTokenizerJson({ model, added_tokens }: TokenizerJson, refuse: Refuse): Vocabulary {
  const { type = "BPE", vocab, merges } = model ?? {};
  if (type !== "BPE" || !Array.isArray(merges)) {
    const kind = model && type !== "BPE" ? shown(type) : "file";
    throw refuse(`it is a ${kind} without merges: wanted byte-pair encoding`);
  }
  const added: unknown = added_tokens ?? [];
  if (!isTable(vocab) || !Array.isArray(added) || !added.every(isNamed)) {
    throw refuse(`its tokens are not in tables: wanted model.vocab and added_tokens`);
  }
  const specials = added.map(({ content, id }) => [content, id]);
  const table = { ...vocab, ...Object.fromEntries(specials) };
  return fromTable(table, splitMerges(merges, refuse), refuse);
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNamed(added: unknown): added is { readonly content: string; readonly id?: unknown } {
  return isTable(added) && typeof added.content === "string";
}

/** Hugging Face's: a table from tokens to ids. */
function fromTable(table: Table, merges: Vocabulary["merges"], refuse: Refuse): Vocabulary {
  const entries = Object.entries(table), tokens = new Array<string>(entries.length);
  for (const [token, id] of entries) {
    const fits = typeof id === "number" && Number.isInteger(id) && id >= 0 && id < entries.length;
    if (!fits || tokens[id] !== undefined) {
      const got = typeof id === "number" ? id : shown(id);
      throw refuse(
        `the token "${shown(token)}" has the id ${got}: wanted each of 0 to ${entries.length - 1}`,
      );
    }
    tokens[id] = token;
  }
  return { tokens, merges, start: tokens.indexOf(startToken), end: tokens.indexOf(endToken) };
}

function check(
  { tokens, merges, start, end }: Vocabulary,
  size: number | undefined,
  refuse: Refuse,
) {
  if (size !== undefined && tokens.length !== size) {
    throw refuse(`got ${tokens.length} tokens: the checkpoint has ${size}`);
  }
  if (start < 0 || end < 0) throw refuse(`it lacks ${start < 0 ? startToken : endToken}`);
  // The text tower finds a prompt's end by the largest id.
  if (end !== tokens.length - 1) throw refuse(`${endToken} has the id ${end}: wanted the largest`);
  const known = new Set(tokens);
  const strange = [...byteTokens, ...merges.flatMap(([a, b]) => [a, b, a + b])]
    .find((token) => !known.has(token));
  if (strange !== undefined) {
    throw refuse(`it has no token "${shown(strange)}", which its merges need`);
  }
}

/** The lines of a text, without an empty last line. */
function splitLines(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** Parses pairs: `a b`, or `["a", "b"]`. */
function splitMerges(written: readonly unknown[], refuse: Refuse): [string, string][] {
  return written.map((merge) => {
    const parts: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    const [left, right, ...more] = Array.isArray(parts) ? parts as unknown[] : [];
    if (isSymbol(left) && isSymbol(right) && more.length === 0) return [left, right];
    throw refuse(`got ${shown(merge)} as a merge: wanted two symbols`);
  });
}

function isSymbol(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parseJson(text: string, refuse: Refuse): Table {
  try {
    const json: unknown = JSON.parse(text);
    if (isTable(json)) return json;
  } catch (error) {
    throw refuse(`it is not JSON: ${(error as Error).message}`);
  }
  throw refuse("it is not a JSON object");
}
