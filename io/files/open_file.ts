import { type ByteSource, checkRange } from "./byte_source.ts";
import { FormatError } from "./format_error.ts";

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
