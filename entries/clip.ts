/**
 * CLIP: pictures and texts in one space, by OpenAI's and Hugging Face's checkpoints.
 *
 * @example
 * ```ts
 * import { Tokenizer } from "@autt/autt/clip";
 * import assert from "node:assert/strict";
 * assert.equal(typeof Tokenizer, "function");
 * ```
 *
 * @module
 */
export { embedImages, embedTexts, similarity } from "../media/features/embeddings.ts";
export type { EmbedOptions } from "../media/features/encode_pictures.ts";
export { type Image, ImagePreparer } from "../media/image_preparer.ts";
export { readImage } from "../media/read_image.ts";
export { Clip, type ClipName, type ClipOptions } from "../model/clip/clip.ts";
export type { Precision } from "../model/clip/precision.ts";
export { type ClipConfig, clipName, clipPresets, type TowerSizes } from "../model/clip/config.ts";
export type { ClipSettings } from "../model/clip/checkpoint.ts";
export type { ImageEncoder } from "../model/clip/image_encoder.ts";
export { loadClip } from "../model/clip/load_clip.ts";
export type { TemporalSizes } from "../model/temporal_transformer/weights.ts";
export {
  loadTemporalTransformer,
  type TemporalOptions,
  TemporalTransformer,
} from "../model/temporal_transformer/temporal_transformer.ts";
export { type PromptOptions, Tokenizer } from "../model/tokenizer/tokenizer.ts";
export type { Vocabulary } from "../model/tokenizer/vocabulary.ts";
export { readVocabulary } from "../model/tokenizer/read_vocabulary.ts";
