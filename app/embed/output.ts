import { encodeNpy } from "../../io/tensors/npy.ts";
import { encodeSafetensors } from "../../io/tensors/write_safetensors.ts";
import { unit } from "../../numbers/vectors.ts";

/** The inputs and their embeddings. */
export interface Embeddings {
  /** The model's sizes, and its name as given. */
  readonly model: string;
  /** Length of an embedding. */
  readonly width: number;
  readonly images: readonly string[];
  readonly texts: readonly string[];
  /** `[images, width]` and `[texts, width]`, as the towers give them. */
  readonly imageRows: Float32Array<ArrayBuffer>;
  readonly textRows: Float32Array<ArrayBuffer>;
}

/** Extensions of the files that embeddings can be written to. */
export const outputFormats = [".json", ".npy", ".safetensors"] as const;

/** Encodes embeddings in the format that the file's extension names. */
export function encodeEmbeddings(
  embeddings: Embeddings,
  path: string,
  raw: boolean,
): string | Uint8Array<ArrayBuffer> {
  const { model, width, images, texts } = embeddings;
  const imageRows = raw ? embeddings.imageRows : atUnitLength(embeddings.imageRows, width);
  const textRows = raw ? embeddings.textRows : atUnitLength(embeddings.textRows, width);
  if (path.endsWith(".npy")) {
    const all = new Float32Array(imageRows.length + textRows.length);
    all.set(imageRows);
    all.set(textRows, imageRows.length);
    return encodeNpy([images.length + texts.length, width], all);
  }
  if (path.endsWith(".safetensors")) {
    return encodeSafetensors({
      images: { dtype: "F32", shape: [images.length, width], data: imageRows },
      texts: { dtype: "F32", shape: [texts.length, width], data: textRows },
    }, {
      model,
      unit_length: String(!raw),
      images: JSON.stringify(images),
      texts: JSON.stringify(texts),
    });
  }
  const named = (key: string, names: readonly string[], rows: Float32Array) =>
    names.map((name, n) => ({
      [key]: name,
      embedding: [...rows.subarray(n * width, (n + 1) * width)],
    }));
  return JSON.stringify({
    schema: 1,
    model,
    unit_length: !raw,
    images: named("path", images, imageRows),
    texts: named("text", texts, textRows),
  }) + "\n";
}

/** Rows divided by their norms. */
export function atUnitLength(
  rows: Float32Array<ArrayBuffer>,
  width: number,
): Float32Array<ArrayBuffer> {
  const normalised = new Float32Array(rows.length);
  for (let first = 0; first < rows.length; first += width) {
    normalised.set(unit(rows.subarray(first, first + width)), first);
  }
  return normalised;
}
