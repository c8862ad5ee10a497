import { parseOptions, runCommand } from "../../app/terminal/terminal.ts";
import { runOnDawn } from "./child.ts";

const help =
  `Runs every small kernel case on Dawn and SwiftShader, in both designs. It takes some twenty minutes:
SwiftShader compiles the written-out kernels slowly, so the tests run a spread of their cases.

usage: ./autt check:dawn
  --help   this text`;

async function checkAll(args: string[]): Promise<number> {
  const { values } = parseOptions(args, { help: { type: "boolean", short: "h" } });
  if (values.help) {
    console.log(help);
    return 0;
  }
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
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(checkAll, Deno.args);
