import assert from "node:assert/strict";
import { sourceFiles } from "./source_files.ts";

const root = new URL("../", import.meta.url);

Deno.test("docs/formats.md lists every format with the version that the code writes", async () => {
  const page = await Deno.readTextFile(new URL("docs/formats.md", root));
  const listed = new Map(
    [...page.matchAll(/^\| `(autt\.[\w-]+)` +\| (\d+) /gm)].map((
      [, name, version],
    ) => [name, version]),
  );
  const written = new Map<string, string>();
  for (const folder of ["media", "model", "tta", "train", "app"]) {
    for (const path of await sourceFiles(new URL(`${folder}/`, root))) {
      const text = await Deno.readTextFile(path);
      for (
        const pattern of [
          /format = "(autt\.[\w-]+)", version = (\d+)/g,
          /schema: "(autt\.[\w-]+)",\s*schema_version: (\d+)/g,
          /format: "(autt\.[\w-]+)",\s*version: (\d+)/g,
        ]
      ) {
        for (const [, name = "", version = ""] of text.matchAll(pattern)) {
          written.set(name, version);
        }
      }
    }
  }
  assert.deepEqual([...listed].sort(), [...written].sort());
});
