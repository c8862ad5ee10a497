/** Element types in files, by their safetensors names. */
export type StoredType = keyof typeof bytesPerStored;

/** Bytes of one element of each type. */
export const bytesPerStored = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** Whether a word names an element type. */
export function isStoredType(word: unknown): word is StoredType {
  return typeof word === "string" && Object.hasOwn(bytesPerStored, word);
}

/** Stored elements as float32 numbers. Exact for F32, F16, BF16 and small integers. */
export function toFloat32(
  dtype: StoredType,
  bytes: Uint8Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const count = bytes.length / bytesPerStored[dtype];
  const view = <T>(
    Numbers: new (buffer: ArrayBuffer, offset: number, length: number) => T,
  ): T => {
    const aligned = bytes.byteOffset % bytesPerStored[dtype] === 0 ? bytes : bytes.slice();
    return new Numbers(aligned.buffer, aligned.byteOffset, count);
  };
  switch (dtype) {
    case "F32":
      return view(Float32Array);
    case "F64":
      return Float32Array.from(view(Float64Array));
    case "F16":
      return Float32Array.from(view(Float16Array));
    case "BF16":
      return widened(view(Uint16Array));
    case "I64":
      return Float32Array.from(view(BigInt64Array), Number);
    case "U64":
      return Float32Array.from(view(BigUint64Array), Number);
    case "I32":
      return Float32Array.from(view(Int32Array));
    case "U32":
      return Float32Array.from(view(Uint32Array));
    case "I16":
      return Float32Array.from(view(Int16Array));
    case "U16":
      return Float32Array.from(view(Uint16Array));
    case "I8":
      return Float32Array.from(view(Int8Array));
    case "U8":
    case "BOOL":
      return Float32Array.from(bytes);
    default:
      throw new TypeError(`Cannot convert ${dtype} to float32: wanted F32, F16, BF16 or integers`);
  }
}

/** A bfloat16 is the upper half of a float32. */
function widened(halves: Uint16Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}
