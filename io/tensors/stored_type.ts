/** Element types in files, by their safetensors names. */
export type StoredType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E4M3"
  | "F8_E5M2"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

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

/** What elements are read as; those of other types can't be converted. */
const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Float16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** Stored elements as float32 numbers. Exact for F32, F16, BF16 and small integers. */
export function toFloat32(
  dtype: StoredType,
  bytes: Uint8Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  if (dtype === "F8_E4M3" || dtype === "F8_E5M2") {
    throw new TypeError(`Cannot convert ${dtype} to float32: wanted F32, F16, BF16 or integers`);
  }
  const size = bytesPerStored[dtype];
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  const numbers = new arrays[dtype](buffer, byteOffset, length / size);
  if (numbers instanceof Float32Array) return numbers;
  // A bfloat16 is the upper half of a float32.
  if (dtype === "BF16") {
    return new Float32Array(Uint32Array.from(numbers as Uint16Array, (half) => half << 16).buffer);
  }
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Float32Array.from<bigint>(numbers, Number)
    : Float32Array.from(numbers);
}
