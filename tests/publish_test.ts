import assert from "node:assert/strict";
import { runDeno } from "./fakes.ts";

Deno.test("every public name is documented, and its types are public too", async () => {
  const { code, stdout, stderr } = await runDeno(["doc", "--quiet", "--lint", "mod.ts", "web.ts"]);
  assert.equal(code, 0, stdout + stderr);
});

Deno.test("the package could be published: no slow types, nothing missing", async () => {
  const { stdout, stderr } = await runDeno(["publish", "--dry-run", "--allow-dirty"]);
  const errors = [...(stdout + stderr).matchAll(/^error\[([\w-]+)\]/gm)].map(([, name]) => name);
  assert.deepEqual(errors, [], stderr);
});
