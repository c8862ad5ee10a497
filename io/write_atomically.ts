/**
 * Writes a file in one step: whoever looks sees the old file or the whole new one, and a write that
 * fails leaves nothing behind.
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeFile(
      temporary,
      typeof contents === "string" ? new TextEncoder().encode(contents) : contents,
      { createNew: true },
    );
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
