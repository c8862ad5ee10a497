import type { ByteSource } from "../files/byte_source.ts";
import { FormatError, type Refuse, shown } from "../files/format_error.ts";
import { bytesPerStored, isStoredType } from "./stored_type.ts";
import { checkRows, type StoredTensor, storedTensor, type TensorFile } from "./tensor_file.ts";

/** The longest header that readers of the format accept. */
const longestHeader = 100_000_000;

interface Entry extends StoredTensor {
  readonly start: number;
  readonly end: number;
}

/**
 * Opens a safetensors file: eight bytes with the length of a JSON header, the header, the elements.
 * As the format requires, the tensors must cover the elements without gaps or overlaps.
 */
export async function openSafetensors(source: ByteSource): Promise<TensorFile> {
  const refuse: Refuse = (why) =>
    new FormatError(`Cannot read "${source.name}" as safetensors: ${why}`);
  if (source.size < 8) throw refuse(`got ${source.size} bytes: the file is cut off`);
  const length = new DataView((await source.read(0, 8)).buffer).getBigUint64(0, true);
  if (length > BigInt(longestHeader) || 8 + Number(length) > source.size) {
    throw refuse(
      `its header should have ${length} bytes: the file has ${source.size}, ` +
        `and ${longestHeader} is the most: it is cut off or not of this format`,
    );
  }
  const data = 8 + Number(length);
  const header = parseHeader(await source.read(8, data - 8), refuse);
  const metadata = readMetadata(header, refuse);
  const tensors = new Map(
    Object.entries(header).filter(([name]) => name !== "__metadata__")
      .map(([name, value]) => [name, readEntry(name, value, refuse)]),
  );
  let at = 0;
  for (
    const [name, { start, end }] of [...tensors].sort(([, a], [, b]) =>
      a.start - b.start || a.end - b.end
    )
  ) {
    if (start !== at) {
      throw refuse(
        `"${shown(name)}" begins at ${start}: wanted ${at}, without a hole or an overlap`,
      );
    }
    at = end;
  }
  if (data + at !== source.size) {
    throw refuse(`its tensors take ${at} bytes: after the header there are ${source.size - data}`);
  }
  const file: TensorFile = {
    name: source.name,
    tensors,
    metadata,
    read(name, rows) {
      const tensor = storedTensor(file, name) as Entry, { start, end } = tensor;
      if (!rows) return source.read(data + start, end - start);
      checkRows(name, tensor, rows);
      const count = tensor.shape[0] ?? 1, row = count === 0 ? 0 : (end - start) / count;
      return source.read(data + start + rows.first * row, rows.count * row);
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
  return file;
}

function parseHeader(bytes: Uint8Array<ArrayBuffer>, refuse: Refuse): Record<string, unknown> {
  // Checked on the bytes, because the decoder strips a byte order mark and JSON may begin with spaces.
  if (bytes[0] !== 0x7b) throw refuse("its header does not begin with {");
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw refuse(`its header is not JSON: ${shown((error as Error).message)}`);
  }
  if (!isRecord(header)) throw refuse("its header is not a JSON object");
  return header;
}

function readMetadata({ __metadata__: value }: Record<string, unknown>, refuse: Refuse) {
  if (value === undefined) return new Map<string, string>();
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
    throw refuse("its __metadata__ must map names to text");
  }
  return new Map(Object.entries(value as Record<string, string>));
}

function readEntry(name: string, value: unknown, refuse: Refuse): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  if (!isStoredType(dtype)) {
    throw refuse(`"${shown(name)}" has the unknown element type ${shown(dtype)}`);
  }
  if (!isSizes(shape)) throw refuse(`"${shown(name)}" has no shape of whole numbers`);
  const [start = -1, end = -1] = isSizes(offsets) && offsets.length === 2 ? offsets : [];
  const bytes = shape.reduce((product, size) => product * size, bytesPerStored[dtype]);
  if (end - start !== bytes || start < 0) {
    throw refuse(
      `"${shown(name)}", ${dtype} [${shown(shape.join(", "))}], should take ${bytes} bytes: ` +
        `got those from ${start} to ${end}`,
    );
  }
  return { dtype, shape, start, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
