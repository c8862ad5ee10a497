import type { Refuse } from "../files/format_error.ts";

/** Reads a pickle's bytes from its beginning to its end; never past it. */
export class PickleBytes {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #refuse: Refuse;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>, refuse: Refuse) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#refuse = refuse;
  }

  /** One byte. */
  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  /** Two bytes as a whole number. */
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  /** Four bytes as a whole number. */
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** Four bytes as a whole number with a sign. */
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  /** A length of eight bytes. Beyond 2^53 it is not exact, and too long for every pickle. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** A float64, which is big-endian, unlike everything else in a pickle. */
  f64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A whole number of any size with a sign: a `bigint` where a `number` would not be exact. */
  integer(length: number): number | bigint {
    const start = this.#take(length);
    let value = 0n;
    for (let at = start + length - 1; at >= start; at--) {
      value = (value << 8n) | BigInt(this.#view.getUint8(at));
    }
    value = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** Text of so many bytes. */
  text(length: number): string {
    const start = this.#take(length);
    return this.#decode(start, start + length);
  }

  /** Text up to the end of a line. */
  line(): string {
    const start = this.#at, end = this.#bytes.indexOf(0x0a, start);
    if (end < 0) throw this.#refuse("its pickle ends in the middle: it is damaged");
    this.#at = end + 1;
    return this.#decode(start, end);
  }

  #take(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) {
      throw this.#refuse("its pickle ends in the middle: it is damaged");
    }
    this.#at = start + length;
    return start;
  }

  #decode(start: number, end: number): string {
    try {
      const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      return decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      throw this.#refuse("its pickle has text that is not UTF-8: it is damaged");
    }
  }
}
