import { dirname, join } from "node:path";
import { ifThere } from "../../io/files/if_there.ts";
import type { Refuse } from "../../io/files/format_error.ts";
import { parseVocabulary, refusalOf, type Vocabulary, type VocabularyFile } from "./vocabulary.ts";

/** File names of vocabularies; the first that exists is used. */
const names = ["tokenizer.json", "vocab.json", "bpe_simple_vocab_16e6.txt.gz"] as const;

/** The vocabulary file of a folder, if there is one. */
export async function findVocabulary(folder: string): Promise<string | undefined> {
  for (const name of names) {
    const path = join(folder, name);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
}

/** Reads a vocabulary: a file as `parseVocabulary()` knows it, or a folder that has one. */
export async function readVocabulary(
  path: string,
  options: { readonly size?: number } = {},
): Promise<Vocabulary> {
  const refuse = refusalOf(path);
  if ((await Deno.stat(path)).isDirectory) {
    const found = await findVocabulary(path);
    if (found === undefined) throw refuse(`it is a folder without one of ${names.join(", ")}`);
    return await readVocabulary(found, options);
  }
  return parseVocabulary(await readVocabularyFile(path), options);
}

/** Reads a vocabulary's file, unpacked, and the merges beside it if it needs them. */
export async function readVocabularyFile(path: string): Promise<VocabularyFile> {
  const merges = path.endsWith("vocab.json")
    ? await ifThere(Deno.readTextFile(join(dirname(path), "merges.txt")))
    : undefined;
  return { name: path, text: await readText(path, refusalOf(path)), merges };
}

/** Reads a text file, plain or compressed with gzip. */
async function readText(path: string, refuse: Refuse): Promise<string> {
  const bytes = await Deno.readFile(path);
  if (bytes[0] !== 0x1F || bytes[1] !== 0x8B) {
    if (path.endsWith(".gz")) throw refuse("it is not packed by gzip");
    return new TextDecoder().decode(bytes);
  }
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text();
  } catch (error) {
    throw refuse(`it cannot be unpacked: ${(error as Error).message}`);
  }
}
