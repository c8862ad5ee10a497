import assert from "node:assert/strict";
import { dirname } from "node:path";
import { runDeno } from "./fakes.ts";

const root = new URL("../", import.meta.url);

/** The files that CONTRIBUTING.md shows: a name in backquotes, then a block of code. */
async function shownFiles(): Promise<Map<string, string>> {
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", root));
  const blocks = text.matchAll(
    /`(kernels\/\w+\/\w+\.(?:ts|wgsl))`:\n\n```\w+(?: ignore)?\n(.*?)```/gs,
  );
  return new Map([...blocks].map(([, path = "", code = ""]) => [path, code]));
}

/** A program that runs all cases of the kernels in these files, on both designs, and counts them. */
const runner = (proofs: readonly string[]) =>
  `${proofs.map((path, i) => `import * as proof${i} from "./${path}";`).join("\n")}
import { openDevice } from "./engine/mod.ts";
import type { AnyKernel } from "./kernels/kernel.ts";
import { designs } from "./tests/devices.ts";
import { prepareCase, runCase } from "./tests/run_case.ts";

const kernels: AnyKernel[] = [${proofs.map((_, i) => `...Object.values(proof${i})`).join(", ")}];
let cases = 0;
for (const families of Object.values(designs)) {
  using device = await openDevice({ families });
  for (const kernel of kernels) {
    for (const test of kernel.cases()) {
      await runCase(device, prepareCase(kernel, test));
      cases++;
    }
  }
}
console.log(cases);
`;

Deno.test("CONTRIBUTING.md adds an element-wise and a row-wise kernel from nothing", async () => {
  const files = await shownFiles();
  const lines = (name: string) =>
    [...files].filter(([path]) => path.startsWith(`kernels/${name}/`))
      .reduce((sum, [, code]) => sum + code.trimEnd().split("\n").length, 0);
  assert.equal(files.size, 6);
  assert(lines("square") <= 25, `the element-wise kernel takes ${lines("square")} lines`);
  assert(lines("log_softmax") <= 60, `the row-wise kernel takes ${lines("log_softmax")} lines`);

  const folder = await Deno.makeTempDir();
  try {
    for (
      const part of [
        "numbers",
        "engine",
        "kernels",
        "tests/devices.ts",
        "tests/run_case.ts",
        "deno.json",
      ]
    ) {
      await copy(new URL(part, root).pathname, `${folder}/${part}`);
    }
    for (const [path, code] of files) {
      await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
      await Deno.writeTextFile(`${folder}/${path}`, code);
    }
    const proofs = [...files.keys()].filter((path) => path.endsWith("cases.ts"));
    await Deno.writeTextFile(`${folder}/run.ts`, runner(proofs));
    const { code, stdout, stderr } = await runDeno([
      ...["run", "--quiet", "--check", "--no-lock", "--allow-env", "--allow-read"],
      ...["--config", `${folder}/deno.json`, `${folder}/run.ts`],
    ]);
    assert.equal(code, 0, stderr);
    assert(Number(stdout) >= 60, `${stdout.trim()} cases ran`);
    // What is shown is formatted and linted as everything else.
    for (const task of ["lint", "fmt"]) {
      const words = [task, "--quiet", "--config", `${folder}/deno.json`];
      const paths = [...files.keys()].filter((path) => path.endsWith(".ts"))
        .map((path) => `${folder}/${path}`);
      const checked = await runDeno([...words, ...task === "fmt" ? ["--check"] : [], ...paths]);
      assert.equal(checked.code, 0, checked.stderr);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Copies a file or a folder. */
async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
