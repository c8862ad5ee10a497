import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };
import { runDeno } from "./fakes.ts";
import { readImports } from "./import_graph.ts";
import { sourceFiles } from "./source_files.ts";

Deno.test("every public name is documented, and its types are public too", async () => {
  const { code, stdout, stderr } = await runDeno(["doc", "--quiet", "--lint", "mod.ts", "web.ts"]);
  assert.equal(code, 0, stdout + stderr);
});

Deno.test("the package could be published: no slow types, nothing missing", async () => {
  const { stdout, stderr } = await runDeno(["publish", "--dry-run", "--allow-dirty"]);
  const errors = [...(stdout + stderr).matchAll(/^error\[([\w-]+)\]/gm)].map(([, name]) => name);
  assert.deepEqual(errors, [], stderr);
});

Deno.test("what is published imports nothing that is not", async () => {
  const root = new URL("../", import.meta.url), { include, exclude } = project.publish;
  const within = (path: string, some: readonly string[]) =>
    some.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const isPublished = (path: string) => within(path, include) && !within(path, exclude);
  const files = (await sourceFiles(root)).filter(({ href }) =>
    isPublished(href.slice(root.href.length))
  );
  assert.ok(files.length > 300, `${files.length} files`);
  const missing = (await readImports(root, files)).filter(({ from, to }) =>
    isPublished(from) && !isPublished(to)
  );
  assert.deepEqual(missing, []);
  for (const entry of Object.values(project.exports)) assert.ok(isPublished(entry.slice(2)), entry);
});
