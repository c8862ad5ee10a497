/** A file in a tarball, by its path there. */
export type TarFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

const blockSize = 512;

const pipe = async (
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
) =>
  new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());

/** Reads the files of a `.tgz`, as `deno pack` and npm write them. */
export async function readTarball(tgz: Uint8Array<ArrayBuffer>): Promise<TarFiles> {
  const bytes = await pipe(tgz, new DecompressionStream("gzip"));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const text = (at: number, length: number) =>
    new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, "");
  for (let at = 0; at + blockSize <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8), kind = text(at + 156, 1);
    const folder = text(at + 345, 155), name = text(at, 100);
    if (kind !== "0" && kind !== "") {
      throw new TypeError(`Cannot read a tarball: ${name} is no file`);
    }
    const start = at + blockSize;
    files.set(folder ? `${folder}/${name}` : name, bytes.slice(start, start + size));
    at = start + Math.ceil(size / blockSize) * blockSize;
  }
  return files;
}

/** Writes a `.tgz`: the same bytes for the same files. */
export async function writeTarball(files: TarFiles): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const [path, contents] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) {
    const padding = (blockSize - contents.length % blockSize) % blockSize;
    parts.push(header(path, contents.length), contents, new Uint8Array(padding));
  }
  parts.push(new Uint8Array(2 * blockSize));
  const all = new Uint8Array(await new Blob(parts).arrayBuffer());
  return await pipe(all, new CompressionStream("gzip"));
}

/** The header of a file in the format that is called ustar. */
function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(blockSize);
  const put = (at: number, text: string) => block.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  // A path of more than 100 bytes is cut at a slash.
  const cut = path.length <= 100 ? -1 : path.indexOf("/", path.length - 101);
  if (path.length > 100 && (cut < 0 || cut > 155)) {
    throw new RangeError(`Cannot pack ${path}: the path is too long for a tarball`);
  }
  put(0, path.slice(cut + 1));
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0`);
  put(136, `${octal(0, 11)}\0`);
  put(148, "        0"); // the checksum counts as spaces while it is computed; "0" is a file
  put(257, "ustar\x0000");
  if (cut >= 0) put(345, path.slice(0, cut));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return block;
}
