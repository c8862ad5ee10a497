import type { StoredType } from "./stored_type.ts";

/** A tensor's description in a file, without its elements. */
export interface StoredTensor {
  /** The numbers' type. */
  readonly dtype: StoredType;
  /** Outermost axis first. */
  readonly shape: readonly number[];
}

/** A range of entries of a tensor's first axis. */
export interface RowRange {
  /** The first of them. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/** A file of named tensors that are read one by one; only the directory is in memory. */
export interface TensorFile extends Disposable {
  /** For messages. */
  readonly name: string;
  /** The tensors by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The elements of a tensor, or of some of its rows: row-major, little-endian. The array is the caller's own. */
  read(tensor: string, rows?: RowRange): Promise<Uint8Array<ArrayBuffer>>;
}

/** The tensor of a name. Throws if the file has none. */
export function storedTensor(file: TensorFile, name: string): StoredTensor {
  const tensor = file.tensors.get(name);
  if (tensor) return tensor;
  throw new TypeError(`Cannot read "${file.name}": it has no tensor "${name}"`);
}

/** Throws unless a tensor has these rows. A lone number has one. */
export function checkRows(name: string, { shape }: StoredTensor, { first, count }: RowRange): void {
  const total = shape[0] ?? 1;
  const whole = Number.isSafeInteger(first) && Number.isSafeInteger(count);
  if (whole && first >= 0 && count >= 0 && first + count <= total) return;
  throw new RangeError(
    `Cannot read rows ${first} to ${first + count} of "${name}": it has ${total}`,
  );
}
