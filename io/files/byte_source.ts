import { FormatError } from "./format_error.ts";

/** Bytes with random access: a file on disk or in memory. */
export interface ByteSource extends Disposable {
  /** For messages. */
  readonly name: string;
  readonly size: number;
  /** Reads exactly `length` bytes. Rejects with a `FormatError` if the source is shorter. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Opens a file of any size; only the requested bytes are read. */
export async function openFile(path: string): Promise<ByteSource> {
  const file = await Deno.open(path);
  const { isFile, isDirectory, size } = await file.stat();
  if (!isFile) {
    file.close();
    const kind = isDirectory ? "it is a folder: name a file in it" : "it is not a file";
    throw new FormatError(`Cannot read "${path}": ${kind}`);
  }
  let closed = false;
  return {
    name: path,
    size,
    // Seek and read synchronously, so that concurrent reads can't mix.
    read: (offset, length) =>
      Promise.try(() => {
        checkRange(path, size, offset, length);
        const bytes = new Uint8Array(length);
        file.seekSync(offset, Deno.SeekMode.Start);
        for (let at = 0; at < length;) {
          const count = file.readSync(bytes.subarray(at));
          if (count === null) throw new FormatError(`Cannot read "${path}": it became shorter`);
          at += count;
        }
        return bytes;
      }),
    [Symbol.dispose]() {
      if (!closed) file.close();
      closed = true;
    },
  };
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

// Checked before allocating, because a length in a damaged file may be anything.
function checkRange(name: string, size: number, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (whole && offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new FormatError(
    `Cannot read "${name}": wanted ${length} bytes at ${offset}: it has ${size} bytes`,
  );
}
