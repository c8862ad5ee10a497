import assert from "node:assert/strict";
import { commands } from "../app/commands.ts";
import { runDeno } from "./fakes.ts";
import { readImports } from "./import_graph.ts";
import { type Checkout, commandsOf, hasTests, namedFiles, reachedBy } from "./reach.ts";

const checkout: Checkout = {
  files: new Set([
    "main.ts",
    "bench/main.ts",
    "app/infer/infer_command.ts",
    "app/eval/eval_command.ts",
    "bench/worker.ts",
    "bench/pool.ts",
    "examples/adapt.ts",
    "tests/a_test.ts",
    "tests/check.ts",
    "tests/source_files.ts",
    "tests/golden/one.json",
    "tests/golden/two.json",
  ]),
  tasks: {
    bench: "deno run --allow-read bench/main.ts",
    infer: "deno run main.ts infer",
  },
  commands: {
    infer: "app/infer/infer_command.ts",
    eval: "app/eval/eval_command.ts",
  },
};

const named = (text: string, path = "tests/a_test.ts") => namedFiles(path, text, checkout).sort();

Deno.test("a test reaches the programs that it starts, and of main.ts the commands that it names", () => {
  assert.deepEqual(named('run(["tests/check.ts", "add"])'), ["tests/check.ts"]);
  assert.deepEqual(named('run(["main.ts", "infer", "v.mp4"])'), ["app/infer/infer_command.ts"]);
  assert.deepEqual(named('run(["main.ts", "dance"])'), ["main.ts"]);
  assert.deepEqual(named('join(folder, "adapt.ts")'), ["examples/adapt.ts"]);
  assert.deepEqual(named('wordsOf("bench")\n// task_permissions.ts'), []);
  const tasks = 'from "./task_permissions.ts";\n', all = named(tasks);
  assert.deepEqual(all, ["app/infer/infer_command.ts", "bench/main.ts"]);
  assert.deepEqual(named(`${tasks}wordsOf("bench")`), ["bench/main.ts"]);
  assert.deepEqual(named(`Object.entries(project.tasks); "bench"`), all);
});

Deno.test("files are named by their own folder or the root, folders with all in them", () => {
  const golden = ["tests/golden/one.json", "tests/golden/two.json"];
  assert.deepEqual(named('compare("tests/golden")'), golden);
  assert.deepEqual(named('new URL("golden/two.json", import.meta.url)'), golden.slice(1));
  assert.deepEqual(named('new Worker(new URL("./worker.ts", base))', "bench/pool.ts"), [
    "bench/worker.ts",
  ]);
  assert.deepEqual(named('read("org/..", "/", "./")'), []);
  // Words of a product file are no programs.
  assert.deepEqual(named('"main.ts" "examples/adapt.ts"', "app/infer/infer_command.ts"), []);
  // Written in two parts, or this file would count as one that reads all source files.
  assert.equal(named(`from "./source${"_files.ts"}";`).length, 9);
});

Deno.test("what main.ts loads is read from its text", async () => {
  const loaded = commandsOf(await Deno.readTextFile(new URL("../main.ts", import.meta.url)));
  assert.equal(loaded["infer"], "app/infer/infer_command.ts");
  assert.deepEqual(Object.keys(loaded).sort(), commands.map(({ name }) => name).sort());
});

Deno.test("files that reach a change are told nearest first", () => {
  const arrow = (line: string) => {
    const [from = "", to = ""] = line.split(" ");
    return { from, to };
  };
  const imports = ["b a", "c b", "d c", "d a", "a e", "x y", "b c"].map(arrow);
  assert.deepEqual(
    reachedBy(["a"], imports).map(({ path, distance }) => `${path}${distance}`),
    ["a0", "b1", "d1", "c2"],
  );
  // What was deleted is reached by those that still name it; what nobody imports stands alone.
  assert.deepEqual(reachedBy(["y", "z"], imports).map(({ path }) => path), ["y", "z", "x"]);
});

Deno.test("tests are test files, and files whose examples are run", () => {
  assert(hasTests("tests/a_test.ts", ""));
  assert(!hasTests("tests/a.ts", " * ```ts\n"));
  assert(hasTests("numbers/rng.ts", "/**\n * ```ts\n * f();\n * ```\n */"));
  assert(!hasTests("numbers/rng.ts", "/** Nothing. */"));
  assert(hasTests("README.md", "\n```ts\n"));
  assert(!hasTests("README.md", "\n```sh\n"));
});

Deno.test("imports of types and of texts count, and those that come later", async () => {
  const path = await Deno.makeTempDir(), root = new URL(`file://${path}/`);
  try {
    const files = {
      "deno.json": "{}",
      "a.ts":
        'import type { B } from "./b.ts";\nimport w from "./w.wgsl" with { type: "text" };\n' +
        'export const a: B = w;\nexport const c = () => import("./c.ts");\n',
      "b.ts": "export type B = string;\n",
      "c.ts": "export const c = 1;\n",
      "w.wgsl": "",
    };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(new URL(name, root), text);
    }
    const imports = await readImports(root, [new URL("a.ts", root)]);
    assert.deepEqual(imports.map(({ from, to }) => `${from} ${to}`).sort(), [
      "a.ts b.ts",
      "a.ts c.ts",
      "a.ts w.wgsl",
    ]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("test:changed lists what it would run, and says what it can't ask git", async () => {
  const list = await runDeno(["task", "--quiet", "test:changed", "--list"]);
  assert.equal(list.code, 0, list.stderr);
  for (const line of list.stdout.trim().split("\n")) assert.match(line, /^$|^\d+ {2}\S+\.(ts|md)$/);
  const unknown = await runDeno(["task", "--quiet", "test:changed", "--since", "no-such-commit"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^error: Cannot ask git what changed: .*no-such-commit/);
  const never = await runDeno(["task", "--quiet", "test:changed", "--minutes", "soon"]);
  assert.match(never.stderr, /^error: Cannot test for soon minutes: wanted more than 0/);
});
