import { dirname, join } from "node:path";
import type { Device } from "../../engine/mod.ts";
import { findCheckpoint } from "../../io/find_model.ts";
import { openTensors } from "../../io/open_tensors.ts";
import { Tokenizer } from "../tokenizer/tokenizer.ts";
import { findVocabulary, readVocabulary } from "../tokenizer/vocabulary.ts";
import type { ClipSettings } from "./checkpoint.ts";
import { Clip, type ClipOptions } from "./clip.ts";

/**
 * Loads a CLIP from a folder as model hubs have it (the weights, `config.json`, the vocabulary), or
 * from a file of weights with the others beside it.
 *
 * @param path What `findModel()` gives for a name, or any path.
 */
export async function loadClip(
  device: Device,
  path: string,
  options: ClipOptions = {},
): Promise<Clip> {
  const checkpoint = await findCheckpoint(path);
  if (checkpoint === undefined) {
    throw new TypeError(
      `Cannot load "${path}": there are no weights: get some with \`deno task weights vit-b-32\``,
    );
  }
  const folder = dirname(checkpoint);
  const settings = await readSettings(join(folder, "config.json"));
  const clip = await Clip.load(device, await openTensors(checkpoint), { ...settings, ...options });
  try {
    const vocabulary = await findVocabulary(folder);
    if (vocabulary === undefined) return clip;
    const size = clip.config.text.vocabulary;
    return clip.withTokenizer(new Tokenizer(await readVocabulary(vocabulary, { size })));
  } catch (error) {
    clip[Symbol.dispose]();
    throw error;
  }
}

/** What Hugging Face's `config.json` says that the tensors don't; nothing where there is none. */
async function readSettings(path: string): Promise<ClipSettings> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  let config: HubConfig;
  try {
    config = JSON.parse(text) ?? {};
  } catch (error) {
    throw new TypeError(`Cannot read "${path}": it is not JSON: ${(error as Error).message}`);
  }
  const activation = config.vision_config?.hidden_act;
  if (activation !== undefined && activation !== "quick_gelu" && activation !== "gelu") {
    throw new TypeError(
      `Cannot load a CLIP by "${path}": its activation is ${activation}: wanted quick_gelu or gelu`,
    );
  }
  return {
    imageHeads: config.vision_config?.num_attention_heads,
    textHeads: config.text_config?.num_attention_heads,
    activation,
  };
}

interface HubConfig {
  readonly vision_config?: TowerConfig;
  readonly text_config?: TowerConfig;
}
interface TowerConfig {
  readonly num_attention_heads?: number;
  readonly hidden_act?: string;
}
