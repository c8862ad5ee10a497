import assert from "node:assert/strict";
import { readImports } from "./import_graph.ts";

const root = new URL("../", import.meta.url);

/** The files that a page loads with an entry: what it imports and what that imports, but for types. */
async function loadedBy(entry: string): Promise<string[]> {
  const imports = Map.groupBy(
    (await readImports(root, [new URL(entry, root)])).filter(({ typesOnly }) => !typesOnly),
    ({ from }) => from,
  );
  const found = new Set([entry]);
  for (const path of found) for (const { to } of imports.get(path) ?? []) found.add(to);
  return [...found];
}

/** The lines of a source that mention `Deno` or import from Node, comments left out. */
function runtimeLines(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|\s)\/\/[^\n]*/g, "$1");
  return code.split("\n").filter((line) => /\bDeno\s*[.?[]|["']node:/.test(line));
}

Deno.test("what web.ts loads touches neither Deno nor Node", async () => {
  const files = (await loadedBy("web.ts")).filter((path) => path.endsWith(".ts"));
  // The walk really goes down to every room.
  for (
    const path of [
      "engine/open_device.ts",
      "kernels/matmul/matmul.ts",
      "model/clip/open_clip.ts",
      "media/face/face_detector.ts",
      "tta/clip_autt/clip_autt.ts",
      "person/video_reader.ts",
      "io/pytorch/zip.ts",
    ]
  ) assert(files.includes(path), `${path} is not reached`);
  const faults: string[] = [];
  for (const path of files) {
    const source = await Deno.readTextFile(new URL(path, root));
    faults.push(...runtimeLines(source).map((line) => `${path}: ${line.trim()}`));
  }
  assert.deepEqual(faults, []);
});

Deno.test("the library's own entry does touch Deno, and the walk sees it", async () => {
  const files = await loadedBy("mod.ts");
  assert(files.includes("engine/deno_host.ts"));
  const source = await Deno.readTextFile(new URL("engine/deno_host.ts", root));
  assert(runtimeLines(source).length > 3);
  assert.deepEqual(runtimeLines('// Deno.env\n/* Deno.exit() */ import "./a.ts";'), []);
  assert.equal(runtimeLines('import { join } from "node:path";').length, 1);
});
