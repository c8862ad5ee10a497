import { runOnDawn } from "./child.ts";

/** Runs every small case in both designs: minutes, since Dawn compiles each program anew. */
let failed = 0, passed = 0;
for (const design of ["chosen", "gpu"]) {
  for (const { name, error } of await runOnDawn("cases", design, "all")) {
    if (error === undefined) passed++;
    else {
      failed++;
      console.log(`FAIL  ${design}: ${name}: ${error}`);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
