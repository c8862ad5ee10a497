import { join } from "node:path";
import { FormatError } from "../../io/format_error.ts";
import { byteLetters } from "./byte_symbols.ts";

/** What a tokenizer knows: its tokens and how letters are merged into them. */
export interface Vocabulary {
  /** The tokens by their ids. */
  readonly tokens: readonly string[];
  /** Pairs that are merged, the earliest first. */
  readonly merges: readonly (readonly [string, string])[];
  /** The ids that stand before and after every prompt. */
  readonly start: number;
  readonly end: number;
}

/** The files that a folder may have its vocabulary in, the first that is there. */
const names = ["tokenizer.json", "vocab.json", "bpe_simple_vocab_16e6.txt.gz"] as const;

const [startToken, endToken] = ["<|startoftext|>", "<|endoftext|>"];

/** Tokens that come before the merges in OpenAI's list: each byte, and each byte at a word's end. */
const byteTokens = [...byteLetters, ...byteLetters.map((letter) => `${letter}</w>`)];

/** The vocabulary file of a folder, if there is one. */
export async function findVocabulary(folder: string): Promise<string | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
}

/**
 * Reads a vocabulary: OpenAI's list of merges (`bpe_simple_vocab_16e6.txt.gz`), Hugging Face's
 * `tokenizer.json`, or its `vocab.json` with `merges.txt` beside it. `size` is how many tokens the
 * checkpoint has: OpenAI's list has more merges than any model uses.
 */
export async function readVocabulary(
  path: string,
  { size }: { readonly size?: number } = {},
): Promise<Vocabulary> {
  const refuse = (why: string) => new FormatError(`Cannot read the vocabulary "${path}": ${why}`);
  let vocabulary: Vocabulary;
  if (path.endsWith("vocab.json")) {
    const merges = await Deno.readTextFile(path.replace(/vocab\.json$/, "merges.txt"));
    const pairs = splitMerges(merges.split("\n").filter((line) => !line.startsWith("#version")));
    vocabulary = fromTable(parseJson(await Deno.readTextFile(path), refuse), pairs, refuse);
  } else if (path.endsWith(".json")) {
    vocabulary = fromTokenizerJson(parseJson(await Deno.readTextFile(path), refuse), refuse);
  } else {
    vocabulary = fromMergeList(await readText(path, refuse), size ?? 49408, refuse);
  }
  check(vocabulary, size, refuse);
  return vocabulary;
}

type Refuse = (why: string) => FormatError;

/** OpenAI's: the tokens follow from the merges. The first line is a heading. */
function fromMergeList(text: string, size: number, refuse: Refuse): Vocabulary {
  const wanted = size - byteTokens.length - 2, lines = text.split("\n");
  const merges = splitMerges(lines.slice(1, 1 + wanted));
  if (wanted < 0 || merges.length !== wanted) {
    throw refuse(`got ${merges.length} merges: a vocabulary of ${size} tokens takes ${wanted}`);
  }
  const tokens = [...byteTokens, ...merges.map((pair) => pair.join("")), startToken, endToken];
  return { tokens, merges, start: size - 2, end: size - 1 };
}

interface TokenizerJson {
  readonly model?: {
    readonly type?: string;
    readonly vocab?: unknown;
    readonly merges?: readonly (string | readonly string[])[];
  };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}

function fromTokenizerJson(json: unknown, refuse: Refuse): Vocabulary {
  const { model, added_tokens: added = [] } = json as TokenizerJson;
  if (
    !model || (model.type !== undefined && model.type !== "BPE") || !Array.isArray(model.merges)
  ) {
    throw refuse(`it is a ${model?.type ?? "file"} without merges: wanted byte-pair encoding`);
  }
  const merges = splitMerges(
    model.merges.map((pair) => typeof pair === "string" ? pair : pair.join(" ")),
  );
  const table = { ...model.vocab as object };
  return fromTable(
    Object.assign(table, Object.fromEntries(added.map(({ content, id }) => [content, id]))),
    merges,
    refuse,
  );
}

/** Hugging Face's: a table from tokens to ids. */
function fromTable(json: unknown, merges: Vocabulary["merges"], refuse: Refuse): Vocabulary {
  const table = Object.entries(json as Record<string, unknown>);
  const tokens = new Array<string>(table.length);
  for (const [token, id] of table) {
    if (
      typeof id !== "number" || !(id in tokens || id < tokens.length) || tokens[id] !== undefined
    ) {
      throw refuse(
        `the token "${token}" has the id ${id}: wanted each of 0 to ${table.length - 1}`,
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
  if (size !== undefined && tokens.length > size) {
    throw refuse(`got ${tokens.length} tokens: the checkpoint has ${size}`);
  }
  if (start < 0 || end < 0) throw refuse(`it lacks ${start < 0 ? startToken : endToken}`);
  // The text tower finds a prompt's end by its id, the largest.
  if (end !== tokens.length - 1) throw refuse(`${endToken} has the id ${end}: wanted the largest`);
  const known = new Set(tokens);
  const strange = [...byteTokens, ...merges.flatMap(([a, b]) => [a, b, a + b])]
    .find((token) => !known.has(token));
  if (strange !== undefined) throw refuse(`it has no token "${strange}", which its merges need`);
}

function splitMerges(lines: readonly string[]): [string, string][] {
  return lines.flatMap((line) => {
    const [left, right, ...more] = line.trim().split(" ");
    return left && right && more.length === 0 ? [[left, right] as [string, string]] : [];
  });
}

function parseJson(text: string, refuse: Refuse): unknown {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return json;
  } catch (error) {
    throw refuse(`it is not JSON: ${(error as Error).message}`);
  }
  throw refuse("it is not a JSON object");
}

/** A text file, packed by gzip or plain. */
async function readText(path: string, refuse: Refuse): Promise<string> {
  const bytes = await Deno.readFile(path);
  if (bytes[0] !== 0x1F || bytes[1] !== 0x8B) return new TextDecoder().decode(bytes);
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text();
  } catch (error) {
    throw refuse(`it cannot be unpacked: ${(error as Error).message}`);
  }
}
