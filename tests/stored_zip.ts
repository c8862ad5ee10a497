import { crc32 } from "node:zlib";

/** One entry of a zip that a test makes. */
export interface StoredEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A zip in its plainest form: entries as they are, with right checksums, and a directory. */
export function storedZip(entries: readonly StoredEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [], directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const text = new TextEncoder().encode(name), crc = crc32(bytes), size = bytes.length;
    const header = words("4 2 2 2 4 4 4 4 2 2", [
      0x04034b50,
      20,
      0,
      0,
      0,
      crc,
      size,
      size,
      text.length,
      0,
    ]);
    directory.push(
      words("4 2 2 2 2 4 4 4 4 2 2 2 2 2 4 4", [
        ...[0x02014b50, 20, 20, 0, 0, 0, crc, size, size, text.length, 0, 0, 0, 0, 0, at],
      ]),
      text,
    );
    parts.push(header, text, bytes);
    at += header.length + text.length + size;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0), count = entries.length;
  const end = words("4 2 2 2 2 4 4 2", [0x06054b50, 0, 0, count, count, size, at, 0]);
  return joined([...parts, ...directory, end]);
}

/** All of them, one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Little-endian numbers of two or four bytes. */
function words(sizes: string, numbers: readonly number[]): Uint8Array {
  return joined(
    sizes.split(" ").map((size, i) => {
      const word = new DataView(new ArrayBuffer(Number(size)));
      if (size === "2") word.setUint16(0, numbers[i] ?? 0, true);
      else word.setUint32(0, numbers[i] ?? 0, true);
      return new Uint8Array(word.buffer);
    }),
  );
}
