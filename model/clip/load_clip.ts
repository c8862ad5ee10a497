import { dirname, join } from "node:path";
import type { Device } from "../../engine/mod.ts";
import { findCheckpoint } from "../../io/hub/find_model.ts";
import { clipColors } from "../../kernels/mod.ts";
import { openTensors } from "../../io/tensors/open_tensors.ts";
import { Tokenizer } from "../tokenizer/tokenizer.ts";
import { findVocabulary, readVocabulary } from "../tokenizer/vocabulary.ts";
import type { ClipSettings } from "./checkpoint.ts";
import { Clip, type ClipOptions } from "./clip.ts";

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
      `Cannot load "${path}": there are no weights: get some with \`deno task weights vit-b-32\``,
    );
  }
  const folder = dirname(checkpoint);
  const settings = await readSettings(join(folder, "config.json"));
  const clip = await Clip.load(device, await openTensors(checkpoint), {
    ...options,
    imageHeads: options.imageHeads ?? settings.imageHeads,
    textHeads: options.textHeads ?? settings.textHeads,
    activation: options.activation ?? settings.activation,
  });
  try {
    await checkPreparation(join(folder, "preprocessor_config.json"), clip.config.image.size);
    const vocabulary = await findVocabulary(folder);
    if (vocabulary === undefined) return clip;
    const size = clip.config.text.vocabulary;
    return clip.withTokenizer(new Tokenizer(await readVocabulary(vocabulary, { size })));
  } catch (error) {
    clip[Symbol.dispose]();
    throw error;
  }
}

/** What only Hugging Face's `config.json` tells; nothing without one. */
async function readSettings(path: string): Promise<ClipSettings> {
  const { vision_config: image = {}, text_config: text = {} } = await readJson<HubConfig>(path);
  const refuse = (why: string) => new TypeError(`Cannot load a CLIP by "${path}": ${why}`);
  // Hugging Face's defaults are OpenAI's values.
  const [activation, other] = [image, text].map(({ hidden_act: name = "quick_gelu" }) => name);
  if (activation !== other) {
    throw refuse(`its towers have different activations, ${activation} and ${other}`);
  }
  if (activation !== "quick_gelu" && activation !== "gelu") {
    throw refuse(`its activation is ${activation}: wanted quick_gelu or gelu`);
  }
  const eps = [image, text].find(({ layer_norm_eps: eps = 1e-5 }) => eps !== 1e-5);
  if (eps) throw refuse(`its layer_norm_eps is ${eps.layer_norm_eps}: wanted 1e-5`);
  return {
    imageHeads: image.num_attention_heads,
    textHeads: text.num_attention_heads,
    activation,
  };
}

/** Throws if a model wants its images prepared otherwise than OpenAI's CLIPs. */
async function checkPreparation(path: string, size: number): Promise<void> {
  const { image_mean: mean, image_std: std, resample, ...sizes } = await readJson<Preparation>(
    path,
  );
  const close = (got: readonly number[] | undefined, wanted: readonly number[]) =>
    got === undefined || got.every((x, i) => Math.abs(x - (wanted[i] ?? NaN)) < 1e-4);
  const [side, crop] = [sizes.size, sizes.crop_size].map((side) =>
    typeof side === "number" ? side : side?.shortest_edge ?? side?.height ?? size
  );
  const differs = !close(mean, clipColors.mean)
    ? `its image_mean is ${mean}`
    : !close(std, clipColors.std)
    ? `its image_std is ${std}`
    : side !== size || crop !== size
    ? `its images are ${side} pixels wide, cut to ${crop}, and the tower takes ${size}`
    : resample !== undefined && resample !== 3
    ? `its resample is ${resample}, and 3 (bicubic) is wanted`
    : undefined;
  if (differs) throw new TypeError(`Cannot load a CLIP by "${path}": ${differs}`);
}

/** A JSON file's contents; undefined if there is none. */
async function readJson<T>(path: string): Promise<Partial<T>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  try {
    return JSON.parse(text) ?? {};
  } catch (error) {
    throw new TypeError(`Cannot read "${path}": it is not JSON: ${(error as Error).message}`);
  }
}

/** What is read of `config.json`. */
type HubConfig = Readonly<Record<"vision_config" | "text_config", TowerConfig>>;
interface TowerConfig {
  readonly num_attention_heads?: number;
  readonly hidden_act?: string;
  readonly layer_norm_eps?: number;
}

/** What is read of `preprocessor_config.json`. */
type Preparation =
  & Readonly<Record<"image_mean" | "image_std", readonly number[]>>
  & Readonly<Record<"size" | "crop_size", number | { shortest_edge?: number; height?: number }>>
  & { readonly resample: number };
