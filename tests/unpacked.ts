/** Unpacks a folder whose JSON files are packed, for as long as an action takes. */
export async function withUnpacked<R>(
  folder: string,
  action: (unpacked: string) => Promise<R>,
): Promise<R> {
  const unpacked = await Deno.makeTempDir();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const file = await Deno.open(`${folder}/${name}`), to = name.replace(/\.gz$/, "");
      const content = to === name
        ? file.readable
        : file.readable.pipeThrough(new DecompressionStream("gzip"));
      await Deno.writeFile(`${unpacked}/${to}`, content);
    }
    return await action(unpacked);
  } finally {
    await Deno.remove(unpacked, { recursive: true });
  }
}
