import type { Image } from "./image_preparer.ts";

/**
 * Reads an image file (JPEG, PNG, WebP, AVIF, GIF, TIFF, …) like Pillow's `convert("RGB")`: the alpha
 * channel is dropped, colour profiles and orientation are not applied. Two kinds differ: CMYK, which
 * Pillow converts more crudely, and 16-bit grey, which it clips.
 *
 * @example
 * ```ts
 * import { readImage } from "@autt/autt";
 * import assert from "node:assert/strict";
 * const path = await Deno.makeTempFile({ suffix: ".gif" });
 * const pixel = Uint8Array.fromBase64("R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=");
 * await Deno.writeFile(path, pixel);
 * const image = await readImage(path);
 * await Deno.remove(path);
 * assert.deepEqual(image, { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) });
 * ```
 */
export async function readImage(path: string): Promise<Image> {
  // Loaded with the first image: it is native code, which not every task may run.
  const { default: sharp } = await import("sharp");
  // SVG drawings can include other files.
  sharp.block({ operation: ["VipsForeignLoadSvg"] });
  let read: { data: Uint8Array; info: { width: number; height: number; channels: number } };
  try {
    read = await sharp(path, { ignoreIcc: true }).toColourspace("srgb").removeAlpha().raw()
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    // The decoder does not say what is wrong with the file.
    const why = await Deno.stat(path).then(
      ({ isFile }) => isFile ? undefined : "not a file",
      String,
    );
    if (why !== undefined) throw new Error(`Cannot read "${path}" as an image: ${why}`);
    throw new TypeError(
      `Cannot read "${path}" as an image: ${(error as Error).message.split("\n")[0]}`,
    );
  }
  const { data, info: { width, height, channels } } = read;
  if (channels !== 3) {
    throw new TypeError(`Cannot read "${path}": it has ${channels} colours: wanted 3`);
  }
  return { width, height, data: new Uint8Array(data) };
}
