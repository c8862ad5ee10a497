import { FormatError } from "../files/format_error.ts";

/** Reads tables of a flatbuffer. Every offset is checked against the file's size. */
export class Flatbuffer {
  readonly #view: DataView;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  /** The root table. */
  get root(): number {
    return this.#target(0);
  }

  /** A byte field; 0 if it is absent. */
  byte(table: number, index: number): number {
    const at = this.#field(table, index);
    return at === undefined ? 0 : this.#read(at, 1, "getUint8");
  }

  /** A 32-bit field; 0 if it is absent. */
  int(table: number, index: number): number {
    const at = this.#field(table, index);
    return at === undefined ? 0 : this.#read(at, 4, "getInt32");
  }

  /** The tables of a list. */
  tables(table: number, index: number): number[] {
    return this.#each(table, index, (at) => this.#target(at));
  }

  /** The numbers of a list. */
  ints(table: number, index: number): number[] {
    return this.#each(table, index, (at) => this.#read(at, 4, "getInt32"));
  }

  /** The bytes of a list. */
  bytes(table: number, index: number): Uint8Array {
    const { start, length } = this.#list(table, index, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  #each(table: number, index: number, item: (at: number) => number): number[] {
    const { start, length } = this.#list(table, index, 4);
    return Array.from({ length }, (_, i) => item(start + 4 * i));
  }

  /** Where a list's items begin, and how many there are; none if it is absent. */
  #list(table: number, index: number, size: number) {
    const at = this.#field(table, index);
    if (at === undefined) return { start: 0, length: 0 };
    const start = this.#target(at) + 4, length = this.#read(start - 4, 4, "getUint32");
    this.#check(start, length * size);
    return { start, length };
  }

  /** The offset of a table's field; undefined if it is absent. */
  #field(table: number, index: number): number | undefined {
    const vtable = table - this.#read(table, 4, "getInt32");
    const size = this.#read(vtable, 2, "getUint16"), entry = 4 + 2 * index;
    if (entry + 2 > size) return undefined;
    const offset = this.#read(vtable + entry, 2, "getUint16");
    return offset === 0 ? undefined : table + offset;
  }

  #target(at: number): number {
    return at + this.#read(at, 4, "getUint32");
  }

  #read(at: number, size: number, how: "getUint8" | "getUint16" | "getInt32" | "getUint32") {
    this.#check(at, size);
    return this.#view[how](at, true);
  }

  #check(at: number, size: number): void {
    if (Number.isSafeInteger(at) && at >= 0 && at + size <= this.#view.byteLength) return;
    throw new FormatError(
      `Cannot read "${this.#name}": it points outside of itself, at byte ${at}`,
    );
  }
}
