import type { Clip } from "../../model/clip/clip.ts";
import type { Image, ImagePreparer } from "../image_preparer.ts";
import { readImage } from "../read_image.ts";

/** How to embed many pictures. */
export interface EmbedOptions {
  /** Stops it, with the reason that the signal has. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many of them are embedded. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/**
 * Embeds pictures, files or pixels: rows `[N, embedding]`, not at unit length. A batch at a time is
 * read, so no more than one is in memory.
 */
export async function encodePictures(
  clip: Clip,
  preparer: ImagePreparer,
  pictures: readonly (string | Image)[],
  { signal, onProgress }: EmbedOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { batch } = clip.images, { embedding } = clip.config;
  const rows = new Float32Array(pictures.length * embedding);
  signal?.throwIfAborted();
  for (let first = 0; first < pictures.length; first += batch) {
    const some = pictures.slice(first, first + batch);
    const squares = await Promise.all(
      some.map(async (picture) =>
        await preparer.prepare(typeof picture === "string" ? await readImage(picture) : picture)
      ),
    );
    rows.set(await clip.images.encode(squares), first * embedding);
    onProgress?.(first + some.length, pictures.length);
    signal?.throwIfAborted();
  }
  return rows;
}
