import type { ByteSource } from "../files/byte_source.ts";
import { type Refuse, shown } from "../files/format_error.ts";

/** A file in a zip, as the directory at the end of the zip describes it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 is stored as it is, 8 is deflated. */
  readonly method: number;
  /** The CRC-32 of the uncompressed bytes; 0 if the writer made none. */
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly start: number;
  /** The end of its bytes at the latest, where the next entry or the directory begins. */
  readonly limit: number;
}

interface Directory {
  readonly count: number;
  readonly size: number;
  readonly start: number;
}

const full16 = 0xffff, full32 = 0xffffffff;
const endSize = 22, locatorSize = 20, end64Size = 56, recordSize = 46, localSize = 30;

/** The entries of a zip or zip64 by their names. Reads its end and its directory, and no more. */
export async function readZipDirectory(
  source: ByteSource,
  refuse: Refuse,
): Promise<ReadonlyMap<string, ZipEntry>> {
  const { count, size, start } = await findDirectory(source, refuse);
  const bytes = await source.read(start, size);
  const found: ZipEntry[] = [];
  let at = 0;
  // Every record takes bytes, so a count that is too large fails at the end of the directory.
  while (found.length < count) {
    const { entry, length } = readRecord(bytes.subarray(at), start, refuse);
    found.push(entry);
    at += length;
  }
  if (at !== size) throw refuse(`its zip directory has ${size} bytes: its ${count} records ${at}`);
  return byName(found, start, refuse);
}

/** Finds the end record, which only a comment may follow. */
async function findDirectory(source: ByteSource, refuse: Refuse): Promise<Directory> {
  const length = Math.min(source.size, endSize + full16), from = source.size - length;
  const tail = new DataView((await source.read(from, length)).buffer);
  let at = length - endSize;
  const isEnd = () =>
    tail.getUint32(at, true) === 0x06054b50 &&
    at + endSize + tail.getUint16(at + 20, true) === length;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) throw refuse("it has no zip directory at its end: it is cut off");
  const disks = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
  const count = tail.getUint16(at + 10, true), countHere = tail.getUint16(at + 8, true);
  if (disks.some((disk) => disk !== 0 && disk !== full16) || count !== countHere) {
    throw refuse("it is one part of a zip in several parts");
  }
  const short = {
    count,
    size: tail.getUint32(at + 12, true),
    start: tail.getUint32(at + 16, true),
  };
  const long = await findDirectory64(source, from + at, refuse);
  const directory = long ?? short;
  const agrees = (small: number, large: number, full: number) => small === full || small === large;
  if (
    !agrees(short.count, directory.count, full16) || !agrees(short.size, directory.size, full32) ||
    !agrees(short.start, directory.start, full32)
  ) throw refuse("its two zip end records contradict each other");
  if (directory.start + directory.size > from + at) {
    throw refuse("its zip directory reaches over its end: it is cut off or damaged");
  }
  return directory;
}

/** The end record of a zip64, which a locator before the plain end record leads to. */
async function findDirectory64(
  source: ByteSource,
  end: number,
  refuse: Refuse,
): Promise<Directory | undefined> {
  if (end < locatorSize) return undefined;
  const locator = new DataView((await source.read(end - locatorSize, locatorSize)).buffer);
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const start = readU64(locator, 8);
  if (start + end64Size > end - locatorSize) throw refuse("its zip64 end record is missing");
  const record = new DataView((await source.read(start, end64Size)).buffer);
  if (record.getUint32(0, true) !== 0x06064b50) throw refuse("its zip64 end record is missing");
  const count = readU64(record, 32);
  const disks = [
    record.getUint32(16, true),
    record.getUint32(20, true),
    locator.getUint32(4, true),
  ];
  if (disks.some((disk) => disk !== 0) || locator.getUint32(16, true) > 1) {
    throw refuse("it is one part of a zip in several parts");
  }
  if (readU64(record, 24) !== count) throw refuse("it is one part of a zip in several parts");
  return { count, size: readU64(record, 40), start: readU64(record, 48) };
}

function readRecord(bytes: Uint8Array<ArrayBuffer>, directory: number, refuse: Refuse) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < recordSize || view.getUint32(0, true) !== 0x02014b50) {
    throw refuse("its zip directory is damaged");
  }
  const nameLength = view.getUint16(28, true), extraLength = view.getUint16(30, true);
  const length = recordSize + nameLength + extraLength + view.getUint16(32, true);
  if (length > bytes.length) throw refuse("its zip directory is damaged");
  const name = readName(bytes.subarray(recordSize, recordSize + nameLength), refuse);
  if ((view.getUint16(8, true) & 0x2041) !== 0) throw refuse(`"${shown(name)}" in it is encrypted`);
  const extra = new DataView(bytes.buffer, bytes.byteOffset + recordSize + nameLength, extraLength);
  // In this order, a field that is too small for its number has it in the zip64 extra field.
  const wide = wideNumbers(extra);
  const number = (narrow: number, full: number) => {
    if (narrow !== full) return narrow;
    const next = wide.shift();
    if (next === undefined) throw refuse(`"${shown(name)}" in it lacks its zip64 sizes`);
    return next;
  };
  const size = number(view.getUint32(24, true), full32);
  const packedSize = number(view.getUint32(20, true), full32);
  const start = number(view.getUint32(42, true), full32);
  const disk = view.getUint16(34, true);
  if (disk !== 0 && disk !== full16) throw refuse("it is one part of a zip in several parts");
  const method = view.getUint16(10, true), crc = view.getUint32(16, true);
  if (method === 0 && packedSize !== size) {
    throw refuse(`"${shown(name)}" in it is stored in ${packedSize} bytes: it has ${size}`);
  }
  const entry = { name, method, crc, packedSize, size, start, limit: directory };
  return { entry, length };
}

/** The numbers of the zip64 extra field. None where there is no such field. */
function wideNumbers(extra: DataView<ArrayBuffer>): number[] {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true), length = extra.getUint16(at + 2, true);
    at += 4;
    if (id === 1) {
      const count = Math.floor(Math.min(length, extra.byteLength - at, 24) / 8);
      return Array.from({ length: count }, (_, i) => readU64(extra, at + 8 * i));
    }
    at += length;
  }
  return [];
}

/** By name, after a look that no two have one name or one place. */
function byName(found: readonly ZipEntry[], directory: number, refuse: Refuse) {
  const entries = new Map<string, ZipEntry>();
  const sorted = found.toSorted((a, b) => a.start - b.start);
  for (const [i, entry] of sorted.entries()) {
    const { name, start, packedSize } = entry, limit = sorted[i + 1]?.start ?? directory;
    if (entries.has(name)) throw refuse(`it has two entries "${shown(name)}"`);
    if (start + localSize + packedSize > limit) {
      throw refuse(
        `"${shown(name)}" in it reaches over byte ${limit}, where something else begins`,
      );
    }
    entries.set(name, { ...entry, limit });
  }
  return entries;
}

/** Where an entry's bytes begin, after its local header of variable length. */
export async function findEntryData(
  source: ByteSource,
  entry: ZipEntry,
  refuse: Refuse,
): Promise<number> {
  const { name, start, limit } = entry;
  const header = new DataView((await source.read(start, localSize)).buffer);
  const nameLength = header.getUint16(26, true);
  const data = start + localSize + nameLength + header.getUint16(28, true);
  const fits = header.getUint32(0, true) === 0x04034b50 && data + entry.packedSize <= limit;
  if (!fits || header.getUint16(8, true) !== entry.method) {
    throw refuse(`what its zip directory says about "${shown(name)}" is not so`);
  }
  if (readName(await source.read(start + localSize, nameLength), refuse) !== name) {
    throw refuse(`"${shown(name)}" has another name in its zip directory`);
  }
  return data;
}

function readName(bytes: Uint8Array<ArrayBuffer>, refuse: Refuse): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse("the name of one of its zip entries is not UTF-8");
  }
}

/** Beyond 2^53 it is no longer exact, and larger than every file. */
function readU64(view: DataView<ArrayBuffer>, at: number): number {
  return Number(view.getBigUint64(at, true));
}
