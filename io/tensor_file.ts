import type { StoredType } from "./stored_type.ts";

/** A tensor in a file: what it is, without its elements. */
export interface StoredTensor {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
}

/** Part of a tensor: some of the entries of its first axis. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** A file of named tensors, read one by one: only the directory of them is kept in memory. */
export interface TensorFile extends Disposable {
  /** For messages. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
  /** The elements of a tensor, or of some of its rows: row-major, little-endian. */
  read(tensor: string, rows?: RowRange): Promise<Uint8Array<ArrayBuffer>>;
}

/** A tensor of a file by its name. Throws where the file has none. */
export function storedTensor(file: TensorFile, name: string): StoredTensor {
  const tensor = file.tensors.get(name);
  if (tensor) return tensor;
  throw new TypeError(`Cannot read "${file.name}": it has no tensor "${name}"`);
}
