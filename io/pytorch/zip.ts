import type { ByteSource } from "../files/byte_source.ts";
import { FormatError, type Refuse, shown } from "../files/format_error.ts";
import { crc32 } from "./crc32.ts";
import { findEntryData, readZipDirectory, type ZipEntry } from "./zip_directory.ts";

/** A zip whose entries are read one by one or in parts. */
export interface Zip {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** A range of an entry's bytes; all of them by default. */
  read(entry: ZipEntry, offset?: number, length?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** How much larger than the whole file a deflated entry may become. */
const inflatedExtra = 2 ** 20;

/** Opens a zip or zip64 without reading its entries. */
export async function openZip(source: ByteSource): Promise<Zip> {
  const refuse: Refuse = (why) => new FormatError(`Cannot read "${source.name}": ${why}`);
  const entries = await readZipDirectory(source, refuse);
  const places = new Map<ZipEntry, number>();
  const findData = async (entry: ZipEntry) => {
    const place = places.get(entry) ?? await findEntryData(source, entry, refuse);
    places.set(entry, place);
    return place;
  };
  return {
    entries,
    async read(entry, offset = 0, length = entry.size - offset) {
      const { name, method, packedSize, size } = entry;
      if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
        throw new RangeError(
          `Cannot read ${length} bytes at ${offset} of "${name}": it has ${size}`,
        );
      }
      const data = await findData(entry);
      if (method === 0) {
        const bytes = await source.read(data + offset, length);
        // The checksum covers the whole entry only.
        if (length === size) checkSum(entry, bytes, refuse);
        return bytes;
      }
      if (method !== 8) {
        throw refuse(`"${shown(name)}" in it is packed by method ${method}: wanted 0 or 8`);
      }
      if (size > source.size + inflatedExtra) {
        throw refuse(
          `"${shown(name)}" in it would become ${size} bytes: the file has ${source.size}`,
        );
      }
      const bytes = await inflate(await source.read(data, packedSize), entry, refuse);
      checkSum(entry, bytes, refuse);
      return length === size ? bytes : bytes.slice(offset, offset + length);
    },
  };
}

function checkSum({ name, crc }: ZipEntry, bytes: Uint8Array<ArrayBuffer>, refuse: Refuse): void {
  // PyTorch writes 0 if it is told to compute no checksums.
  if (crc === 0 || crc === crc32(bytes)) return;
  throw refuse(`the checksum of "${shown(name)}" in it is wrong: the file is damaged`);
}

/** Inflates, with at most the memory that the directory states. */
async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  { name, size }: ZipEntry,
  refuse: Refuse,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new Uint8Array(size);
  let at = 0;
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    for await (const chunk of stream) {
      if (at + chunk.length > size) throw new RangeError(`more than ${size} bytes`);
      plain.set(chunk, at);
      at += chunk.length;
    }
    if (at < size) throw new RangeError(`${at} bytes: wanted ${size}`);
  } catch (error) {
    throw refuse(`"${shown(name)}" in it cannot be inflated: ${(error as Error).message}`);
  }
  return plain;
}
