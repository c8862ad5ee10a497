import { writing } from "./writing.ts";

/**
 * Writes a file atomically: readers see the old file or the complete new one. A failed write leaves
 * nothing behind and says why in a sentence.
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
  try {
    await writing(path, async () => {
      await Deno.writeFile(temporary, bytes, { createNew: true });
      await Deno.rename(temporary, path);
    });
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
