import { writing } from "./writing.ts";

/** Who may read the file, as `chmod` has it; by default everyone whom the system lets. */
export interface WriteOptions {
  readonly mode?: number;
}

/** The mode of files about a person: nobody but the user may read them. */
export const privateFile: WriteOptions = { mode: 0o600 };

/**
 * Writes a file atomically: readers see the old file or the complete new one. A failed write leaves
 * nothing behind and says why in a sentence.
 *
 * @param contents Bytes, a text, or pieces of a text, which are made as they are written.
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | string | Iterable<string>,
  options: WriteOptions = {},
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  const data = contents instanceof Uint8Array
    ? contents
    : ReadableStream.from(typeof contents === "string" ? [contents] : contents)
      .pipeThrough(new TextEncoderStream());
  try {
    await writing(path, async () => {
      await Deno.writeFile(temporary, data, { ...options, createNew: true });
      await Deno.rename(temporary, path);
    });
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
