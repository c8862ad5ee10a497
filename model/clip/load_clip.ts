import { dirname, join } from "node:path";
import type { Device } from "../../engine/mod.ts";
import { ifThere } from "../../io/files/if_there.ts";
import { findCheckpoint } from "../../io/hub/find_model.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { findVocabulary, readVocabularyFile } from "../tokenizer/read_vocabulary.ts";
import type { Clip, ClipOptions } from "./clip.ts";
import { openClip, type TextFile } from "./open_clip.ts";

/**
 * Loads a CLIP from a folder with weights, `config.json` and vocabulary, as on model hubs, or from a file
 * of weights with the others beside it.
 *
 * @param path The result of `findModel()` for a name, or any path.
 *
 * @example
 * ```ts
 * import { loadClip, openDevice } from "@autt/autt";
 * import { madeUpClipFolder } from "made-up-models"; // yours: a folder with a CLIP
 * import assert from "node:assert/strict";
 * await using folder = await madeUpClipFolder();
 * using device = await openDevice();
 * using clip = await loadClip(device, folder.path);
 * assert.equal(clip.config.embedding, 48);
 * const [token] = clip.tokenizer.prompt("a b", { contextLength: clip.config.text.context });
 * assert.equal(token, clip.config.text.vocabulary - 2); // the start
 * ```
 */
export async function loadClip(
  device: Device,
  path: string,
  options: ClipOptions = {},
): Promise<Clip> {
  const checkpoint = await findCheckpoint(path);
  if (checkpoint === undefined) {
    throw new TypeError(
      `Cannot load "${path}": there are no weights: get some with \`./autt weights vit-b-32\``,
    );
  }
  const folder = dirname(checkpoint), vocabulary = await findVocabulary(folder);
  const files = {
    config: await readIfThere(join(folder, "config.json")),
    preparation: await readIfThere(join(folder, "preprocessor_config.json")),
    vocabulary: vocabulary === undefined ? undefined : await readVocabularyFile(vocabulary),
  };
  return await openClip(device, { weights: await openTensors(checkpoint), ...files }, options);
}

async function readIfThere(path: string): Promise<TextFile | undefined> {
  const text = await ifThere(Deno.readTextFile(path));
  return text === undefined ? undefined : { name: path, text };
}
