import { FormatError } from "./format_error.ts";

/** Bytes with random access: a file on disk or in memory. */
export interface ByteSource extends Disposable {
  /** For messages. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Reads exactly `length` bytes. Rejects with a `FormatError` if the source is shorter. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    name,
    size: bytes.length,
    read: (offset, length) =>
      Promise.try(() => {
        checkRange(name, bytes.length, offset, length);
        return bytes.slice(offset, offset + length);
      }),
    [Symbol.dispose]() {},
  };
}

/** Throws unless a source has these bytes. Before allocating: a length in a damaged file may be anything. */
export function checkRange(name: string, size: number, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (whole && offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new FormatError(
    `Cannot read "${name}": wanted ${length} bytes at ${offset}: it has ${size} bytes`,
  );
}
