import { join } from "node:path";
import type { Vocabulary } from "../model/tokenizer/vocabulary.ts";
import { readVocabulary } from "../model/tokenizer/read_vocabulary.ts";
import { smallVocabularyFiles, smallVocabularySize } from "./small_vocabulary.ts";

/** The small vocabulary, read as a user's is. */
export async function parseVocabulary(): Promise<Vocabulary> {
  const folder = await Deno.makeTempDir(), path = join(folder, "tokenizer.json");
  try {
    await Deno.writeTextFile(path, smallVocabularyFiles["tokenizer.json"]);
    return await readVocabulary(path, { size: smallVocabularySize });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
