import { madeUpClip } from "../bench/made_up_clip.ts";
import type { TensorFile } from "../io/tensors/tensor_file.ts";
import { encodeSafetensors, type TensorToWrite } from "../io/tensors/write_safetensors.ts";
import type { ClipConfig } from "../model/clip/config.ts";
import { smallVocabularySize } from "./small_vocabulary.ts";

/** A CLIP that takes milliseconds: sizes that are no preset's, and differ from each other. */
export const smallConfig: ClipConfig = {
  image: { size: 24, patch: 8, width: 128, layers: 3, heads: 2 },
  text: { context: 20, vocabulary: smallVocabularySize, width: 64, layers: 2, heads: 1 },
  embedding: 48,
  activation: "quick_gelu",
};

/** Its checkpoint, made up. */
export function smallClip(): TensorFile {
  return madeUpClip(smallConfig, 5);
}

/** The same tensors with something changed: another name, other contents, or gone. */
export async function changed(
  file: TensorFile,
  change: (name: string, tensor: TensorToWrite) => [string, TensorToWrite][],
): Promise<TensorFile> {
  const contents = new Map<string, TensorToWrite>();
  for (const [name, { dtype, shape }] of file.tensors) {
    const data = await file.read(name);
    for (const [key, tensor] of change(name, { dtype, shape, data })) contents.set(key, tensor);
  }
  return {
    name: "changed",
    metadata: file.metadata,
    tensors: contents,
    read(name, rows) {
      const { shape, data } = contents.get(name) as TensorToWrite;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const row = bytes.length / (shape[0] ?? 1);
      return Promise.resolve(
        rows ? bytes.slice(rows.first * row, (rows.first + rows.count) * row) : bytes.slice(),
      );
    },
    [Symbol.dispose]() {},
  };
}

/** The same with room for the Action Units' prompts, which are long where few letters are merged. */
export const roomyConfig: ClipConfig = {
  ...smallConfig,
  text: { ...smallConfig.text, context: 77 },
};

/** The whole checkpoint as the bytes of a safetensors file. */
export async function smallClipBytes(config = smallConfig): Promise<Uint8Array<ArrayBuffer>> {
  const file = madeUpClip(config, 5);
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, tensor] of file.tensors) {
    tensors[name] = { ...tensor, data: await file.read(name) };
  }
  return encodeSafetensors(tensors);
}
