/** Element types that a tensor can have. `u8` is for images: four to a word, read and written by word. */
export type DType = "f32" | "f16" | "u32" | "i32" | "u8";

/** The typed array that holds a tensor of each element type on the host. */
export interface HostArrays {
  /** Floats of 32 bits. */
  f32: Float32Array<ArrayBuffer>;
  /** Floats of 16 bits. */
  f16: Float16Array<ArrayBuffer>;
  /** Whole numbers from 0 on. */
  u32: Uint32Array<ArrayBuffer>;
  /** Whole numbers. */
  i32: Int32Array<ArrayBuffer>;
  /** Bytes. */
  u8: Uint8Array<ArrayBuffer>;
}

/** Bytes of one element. */
export const bytesPerElement: Readonly<Record<DType, number>> = {
  f32: 4,
  f16: 2,
  u32: 4,
  i32: 4,
  u8: 1,
};

const arrays = {
  f32: Float32Array,
  f16: Float16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u8: Uint8Array,
} as const;

/** The bytes of a tensor seen as the typed array of its element type. */
export function hostArray<D extends DType>(
  dtype: D,
  bytes: ArrayBuffer,
  length: number,
): HostArrays[D] {
  return new arrays[dtype](bytes, 0, length) as HostArrays[D];
}

/** Numbers rounded to an element type. */
export function toHostArray<D extends DType>(dtype: D, numbers: ArrayLike<number>): HostArrays[D] {
  return arrays[dtype].from(numbers) as HostArrays[D];
}

/** Whether a typed array is the one that belongs to an element type. */
export function isHostArray(dtype: DType, data: ArrayBufferView): boolean {
  return data instanceof arrays[dtype] || (dtype === "u8" && data instanceof Uint8ClampedArray);
}
