import type { Clip } from "../../model/clip/clip.ts";
import type { Image, ImagePreparer } from "../image_preparer.ts";
import { readImage } from "../read_image.ts";

/**
 * Embeds pictures, files or pixels, a batch at a time: no more than one batch is in memory. Gives the
 * rows of each batch, `[N, embedding]`, not at unit length.
 */
export async function* encodePictures(
  clip: Clip,
  preparer: ImagePreparer,
  pictures: readonly (string | Image)[],
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const { batch } = clip.images;
  for (let first = 0; first < pictures.length; first += batch) {
    const squares = await Promise.all(
      pictures.slice(first, first + batch).map(async (picture) =>
        await preparer.prepare(typeof picture === "string" ? await readImage(picture) : picture)
      ),
    );
    yield await clip.images.encode(squares);
  }
}
