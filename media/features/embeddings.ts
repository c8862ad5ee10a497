import type { Clip } from "../../model/clip/clip.ts";
import { dot, unitRows } from "../../numbers/vectors.ts";
import { type Image, ImagePreparer } from "../image_preparer.ts";
import { type EmbedOptions, encodePictures } from "./encode_pictures.ts";

/**
 * Embeds pictures with a CLIP: files by their paths, or pixels. Each embedding is at unit length, so
 * that `similarity()` of two is their cosine.
 *
 * @example
 * ```ts
 * import { embedImages, embedTexts, loadClip, openDevice, similarity } from "@autt/autt";
 * import { madeUpClipFolder } from "made-up-models"; // yours: a folder with a CLIP
 * import assert from "node:assert/strict";
 *
 * await using folder = await madeUpClipFolder();
 * using device = await openDevice();
 * using clip = await loadClip(device, folder.path);
 * const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) };
 * const [picture] = await embedImages(clip, [red]);
 * const [text] = await embedTexts(clip, ["a b"]);
 * assert(Math.abs(similarity(picture!, text!)) <= 1);
 * ```
 */
export async function embedImages(
  clip: Clip,
  images: readonly (string | Image)[],
  options: EmbedOptions = {},
): Promise<Float32Array<ArrayBuffer>[]> {
  using preparer = new ImagePreparer(clip.device, clip.config.image.size);
  return atUnitLength(clip, await encodePictures(clip, preparer, images, options));
}

/**
 * Embeds texts with a CLIP, each at unit length. Too long a text is refused, unless it may be cut.
 *
 * @example
 * ```ts
 * import { embedTexts, loadClip, openDevice, similarity } from "@autt/autt";
 * import { madeUpClipFolder } from "made-up-models"; // yours: a folder with a CLIP
 * import assert from "node:assert/strict";
 *
 * await using folder = await madeUpClipFolder();
 * using device = await openDevice();
 * using clip = await loadClip(device, folder.path);
 * const [a, b] = await embedTexts(clip, ["a b", "A  b"]);
 * assert(Math.abs(similarity(a!, b!) - 1) < 1e-5); // case and blanks do not count
 * ```
 */
export async function embedTexts(
  clip: Clip,
  texts: readonly string[],
  options: { readonly truncate?: boolean } = {},
): Promise<Float32Array<ArrayBuffer>[]> {
  return atUnitLength(clip, await clip.encodeTexts(texts, options));
}

/**
 * How similar two embeddings at unit length are: their cosine, from -1 to 1.
 *
 * @example
 * ```ts
 * import { similarity } from "@autt/autt";
 * import assert from "node:assert/strict";
 *
 * assert.equal(similarity(Float32Array.of(0, 1), Float32Array.of(1, 0)), 0);
 * ```
 */
export function similarity(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) {
    throw new TypeError(`Cannot compare embeddings of ${a.length} and ${b.length} numbers`);
  }
  return dot(a, b);
}

function atUnitLength({ config }: Clip, rows: Float32Array): Float32Array<ArrayBuffer>[] {
  if (rows.length === 0) return [];
  return unitRows(rows, config.embedding).map((row) => Float32Array.from(row));
}
