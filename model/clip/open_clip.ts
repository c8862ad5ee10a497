import type { Device } from "../../engine/mod.ts";
import type { TensorFile } from "../../io/tensors/tensor_file.ts";
import { clipColors } from "../../kernels/mod.ts";
import { Tokenizer } from "../tokenizer/tokenizer.ts";
import { parseVocabulary, type VocabularyFile } from "../tokenizer/vocabulary.ts";
import type { ClipSettings } from "./checkpoint.ts";
import { Clip, type ClipOptions } from "./clip.ts";

/** A text file, read. */
export interface TextFile {
  /** For messages. */
  readonly name: string;
  /** Its contents. */
  readonly text: string;
}

/** The files of a CLIP, wherever they are from. */
export interface ClipFiles {
  /** The weights, which the CLIP owns. */
  readonly weights: TensorFile;
  /** Hugging Face's `config.json`. */
  readonly config?: TextFile | undefined;
  /** Hugging Face's `preprocessor_config.json`. */
  readonly preparation?: TextFile | undefined;
  /** Without one, no text can be embedded. */
  readonly vocabulary?: VocabularyFile | undefined;
}

/** Opens a CLIP from its files. Options count more than `config.json`. */
export async function openClip(
  device: Device,
  { weights, config, preparation, vocabulary }: ClipFiles,
  options: ClipOptions = {},
): Promise<Clip> {
  using owned = new DisposableStack();
  owned.use(weights);
  const settings = settingsOf(config);
  const clip = await Clip.load(device, weights, {
    ...options,
    imageHeads: options.imageHeads ?? settings.imageHeads,
    textHeads: options.textHeads ?? settings.textHeads,
    activation: options.activation ?? settings.activation,
  });
  owned.use(clip);
  checkPreparation(preparation, clip.config.image.size);
  if (vocabulary) {
    const { vocabulary: size } = clip.config.text;
    clip.withTokenizer(new Tokenizer(parseVocabulary(vocabulary, { size })));
  }
  owned.move();
  return clip;
}

/** What only Hugging Face's `config.json` tells; nothing without one. */
function settingsOf(file: TextFile | undefined): ClipSettings {
  const { vision_config: image = {}, text_config: text = {} } = parse<HubConfig>(file);
  const refuse = (why: string) => new TypeError(`Cannot load a CLIP by "${file?.name}": ${why}`);
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
function checkPreparation(file: TextFile | undefined, size: number): void {
  const { image_mean: mean, image_std: std, resample, ...sizes } = parse<Preparation>(file);
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
  if (differs) throw new TypeError(`Cannot load a CLIP by "${file?.name}": ${differs}`);
}

/** The contents of a JSON file; none if there is no file. */
function parse<T>(file: TextFile | undefined): Partial<T> {
  if (!file) return {};
  try {
    return JSON.parse(file.text) ?? {};
  } catch (error) {
    throw new TypeError(`Cannot read "${file.name}": it is not JSON: ${(error as Error).message}`);
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
