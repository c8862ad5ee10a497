/**
 * `./autt test --changed`: runs the tests that reach what a change touches.
 *
 * @module
 */
import { parseArgs } from "node:util";
import project from "../deno.json" with { type: "json" };
import { readImports } from "./import_graph.ts";
import {
  type Checkout,
  commandsOf,
  hasTests,
  namedFiles,
  type Reached,
  reachedBy,
} from "./reach.ts";
import { sourceFiles } from "./source_files.ts";

const help =
  `Runs the tests that reach what a change touches, by the imports (of types and shaders too).

usage: ./autt test:changed [options]
  --since REF       changes since a commit or branch, besides those that are not committed (HEAD)
  --minutes N       begin no more tests after so long; those that are nearest to the change come first (1)
  --list            only list the files with tests, each with its distance from the change
  -h, --help        this text

What the tests start (commands, tasks, workers) and read by its path counts as imported. Examples in
documentation are tests of the file that they are in. Exit code 1 if a test failed.`;

const root = new URL("../", import.meta.url);

/** The paths that a command of git prints. */
async function git(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command("git", { args, cwd: root }).output();
  const texts = new TextDecoder();
  if (code === 0) return texts.decode(stdout).split("\0").filter((path) => path !== "");
  throw new Error(`Cannot ask git what changed: ${texts.decode(stderr).trim().split("\n")[0]}`);
}

/** The files with tests that reach a change, nearest first. */
async function testsOfChange(since: string) {
  const untracked = await git("ls-files", "--others", "--exclude-standard", "-z");
  const changed = [
    ...await git("diff", "--name-only", "--relative", "-z", since, "--"),
    ...untracked,
  ];
  const files = new Set([...await git("ls-files", "-z"), ...untracked]);
  const textOf = (path: string) => Deno.readTextFile(new URL(path, root)).catch(() => "");
  const checkout: Checkout = {
    files,
    tasks: Object.fromEntries(
      Object.entries(project.tasks).map(([name, { command }]) => [name, command]),
    ),
    commands: commandsOf(await textOf("main.ts")),
  };
  const sources = (await sourceFiles(root)).filter(({ href }) =>
    files.has(href.slice(root.href.length))
  );
  const imports = await readImports(root, sources), texts = new Map<string, string>();
  for (const path of files) if (/\.(ts|md)$/.test(path)) texts.set(path, await textOf(path));
  const named = [...texts].flatMap(([from, text]) =>
    from.endsWith(".ts") ? namedFiles(from, text, checkout).map((to) => ({ from, to })) : []
  );
  const reached = reachedBy(changed, [...imports, ...named]);
  const tests = reached.filter(({ path }) => hasTests(path, texts.get(path) ?? ""));
  // Of equal distance, tests come before examples.
  const rank = ({ path, distance }: Reached) => 2 * distance + Number(!path.endsWith("_test.ts"));
  return { changed, tests: tests.sort((a, b) => rank(a) - rank(b)) };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      since: { type: "string", default: "HEAD" },
      minutes: { type: "string", default: "1" },
      list: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) {
    throw new Error(`Cannot test for ${values.minutes} minutes: wanted more than 0`);
  }
  const began = performance.now(), { changed, tests } = await testsOfChange(values.since);
  if (values.list) {
    for (const { path, distance } of tests) console.log(`${distance}  ${path}`);
    return 0;
  }
  const atOnce = 2 * navigator.hardwareConcurrency;
  let ran = 0, failed = false;
  while (ran < tests.length && (ran === 0 || performance.now() - began < minutes * 60_000)) {
    const some = tests.slice(ran, ran + atOnce).map(({ path }) => path);
    const { code } = await new Deno.Command("deno", {
      args: ["task", "--quiet", "test", ...some],
      cwd: root,
      stdin: "null",
    }).spawn().status;
    failed ||= code !== 0;
    ran += some.length;
  }
  const left = tests.length - ran;
  console.log(
    `${changed.length} changed files, ${tests.length} files with tests that reach them: ran ${ran}` +
      (left > 0 ? `, left out the ${left} farthest (--minutes ${2 * minutes} runs more)` : "") +
      (failed ? "; some tests failed" : "; all tests passed"),
  );
  return failed ? 1 : 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    Deno.exit(2);
  }
}
