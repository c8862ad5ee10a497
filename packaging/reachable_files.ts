import type { TarFiles } from "./tarball.ts";

/** What users read, wherever it is. */
const always = /^package\/(LICENSE|[A-Z_]+\.md)$|\/(NOTICE|LICENSE)$/;

/** Imports, exports and dynamic imports of a module, and files that it names beside it. */
const references = [
  /(?:^|[\s;])(?:import|export)[^"';]*?["'](\.{1,2}\/[^"']+)["']/g,
  /\bimport\(\s*["'](\.{1,2}\/[^"']+)["']/g,
  /new URL\(\s*["']([^"':]+)["'],\s*import\.meta\.url/g,
];

/** The files that entries reach, with their types, and those that users read. */
export function reachableFiles(
  files: TarFiles,
  entries: readonly string[],
): Map<string, Uint8Array<ArrayBuffer>> {
  const reached = new Map<string, Uint8Array<ArrayBuffer>>();
  const take = (path: string): void => {
    const contents = files.get(path);
    if (contents === undefined || reached.has(path)) return;
    reached.set(path, contents);
    if (path.endsWith(".js")) take(path.replace(/\.js$/, ".d.ts"));
    if (!/\.(js|d\.ts)$/.test(path)) return;
    const text = new TextDecoder().decode(contents);
    for (const [, target = ""] of references.flatMap((pattern) => [...text.matchAll(pattern)])) {
      const file = new URL(target, `file:///${path}`).pathname.slice(1);
      take(file);
      // Types name modules by their code.
      if (path.endsWith(".d.ts")) take(file.replace(/\.js$/, ".d.ts"));
    }
  };
  for (const entry of entries) take(entry);
  for (const [path, contents] of files) if (always.test(path)) reached.set(path, contents);
  return reached;
}
