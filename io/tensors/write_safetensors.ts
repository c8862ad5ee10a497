import { bytesPerStored, type StoredType } from "./stored_type.ts";

/** A tensor to be written: its elements in the type's own typed array. */
export interface TensorToWrite {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView<ArrayBuffer>;
}

/** The bytes of a safetensors file. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorToWrite>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let at = 0;
  // No prototype, or a tensor named "__proto__" would be lost.
  const header: Record<string, unknown> = Object.create(null);
  if ("__metadata__" in tensors) {
    throw new TypeError(
      'Cannot write tensor "__metadata__": the format keeps that name for itself',
    );
  }
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  // Wide elements first, so that each tensor is aligned to its element size.
  const sorted = Object.entries(tensors).sort(([, a], [, b]) =>
    bytesPerStored[b.dtype] - bytesPerStored[a.dtype]
  );
  for (const [name, { dtype, shape, data }] of sorted) {
    const wanted = shape.reduce((product, size) => product * size, bytesPerStored[dtype]);
    if (data.byteLength !== wanted) {
      throw new TypeError(
        `Cannot write tensor "${name}": got ${data.byteLength} bytes: ` +
          `${dtype} [${shape.join(", ")}] takes ${wanted}`,
      );
    }
    header[name] = { dtype, shape, data_offsets: [at, at + wanted] };
    at += wanted;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length).set(text, 8);
  at = 8 + length;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}
