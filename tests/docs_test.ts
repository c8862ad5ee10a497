import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import project from "../deno.json" with { type: "json" };
import { runDeno } from "./fakes.ts";
import { type Task, wordsOf } from "./task_permissions.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** The pages that are written for readers; results of benchmarks are kept as they were. */
function* pages(folder = ""): Generator<string> {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(join(root, folder))) {
    if (/^(\..*|node_modules|coverage|results)$/.test(name)) continue;
    if (isDirectory) yield* pages(join(folder, name));
    else if (isFile && name.endsWith(".md")) yield join(folder, name);
  }
}

const read = (page: string) => Deno.readTextFileSync(join(root, page));

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string) =>
  heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");

Deno.test("every link within the project leads somewhere", () => {
  let links = 0;
  for (const page of pages()) {
    const text = read(page).replace(/```[^]*?```/g, "");
    for (const [, target = ""] of text.matchAll(/\]\(([^()\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      links++;
      const [path = "", heading] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      const { isFile } = Deno.statSync(join(root, file));
      if (heading === undefined) continue;
      assert.ok(isFile, `${page}: ${target}`);
      const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) =>
        anchor(words)
      );
      assert.ok(headings.includes(heading), `${page}: ${target}: ${headings.join(", ")}`);
    }
  }
  assert.ok(links > 50, `${links} links`);
});

/** A call of a command in a page, with the options that it is given. */
interface Call {
  readonly page: string;
  readonly task: string;
  readonly options: readonly string[];
}

/** The calls of commands in a page, in blocks of shell and between backticks. */
function* calls(page: string): Generator<Call> {
  const text = read(page);
  const blocks = [...text.matchAll(/```(?:sh|bash|console)\n([^]*?)```/g)].map(([, block = ""]) =>
    block
  );
  const spans = [...text.replace(/```[^]*?```/g, "").matchAll(/`([^`]+)`/g)].map(([, span = ""]) =>
    span
  );
  const lines = [...blocks, ...spans].flatMap((block) => block.replace(/\\\n/g, " ").split("\n"));
  for (const line of lines) {
    const [, task, rest = ""] = /(?:\.\/autt|deno task) ([a-z][\w:-]*)(.*)/.exec(line) ?? [];
    if (task === undefined) continue;
    const [own = ""] = rest.split(/ # | \| | && |; /);
    yield { page, task, options: own.match(/--[a-z][\w-]*/g) ?? [] };
  }
}

Deno.test("every command in the pages exists and takes the options that it is given there", async () => {
  const all = [...pages()].flatMap((page) => [...calls(page)]);
  const runs = (task: string): task is Task =>
    task in project.tasks && project.tasks[task as Task].command.startsWith("deno run");
  const tasks = [...new Set(all.map(({ task }) => task))];
  const helps = new Map(
    await Promise.all(
      tasks.filter(runs).map(async (task) => {
        const { stdout } = await runDeno(["run", "--quiet", ...wordsOf(task), "--help"]);
        return [task as string, stdout] as const;
      }),
    ),
  );
  for (const { page, task, options } of all) {
    if (["help", "version"].includes(task)) continue;
    assert.ok(task in project.tasks, `${page}: there is no command ${task}`);
    const help = helps.get(task);
    if (help === undefined) continue;
    for (const option of options) {
      assert.match(
        help,
        new RegExp(`(^|[^\\w-])${option}(?![\\w-])`),
        `${page}: ${task} ${option}`,
      );
    }
  }
  assert.ok(
    all.length > 80 && tasks.length > 20,
    `${all.length} calls of ${tasks.length} commands`,
  );
});
