import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { blocksOf, type Call, callsOf, pages, proseOf, root } from "./docs/pages.ts";
import { runDeno } from "./fakes.ts";
import { type Task, wordsOf } from "./task_permissions.ts";

/** A heading's anchor, as GitHub makes it. */
const anchor = (heading: string) =>
  heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");

Deno.test("every link within the project leads somewhere", () => {
  let links = 0;
  for (const page of pages()) {
    for (const [, target = ""] of proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      links++;
      const [path = "", heading] = target.split("#");
      const file = path === "" ? page : join(dirname(page), path);
      assert.ok(!file.startsWith(".."), `${page}: ${target} leads out of the project`);
      const { isFile } = Deno.statSync(join(root, file));
      if (heading === undefined) continue;
      assert.ok(isFile, `${page}: ${target}`);
      const headings = [...proseOf(file).matchAll(/^#+ (.*)$/gm)].map(([, words = ""]) =>
        anchor(words)
      );
      assert.ok(headings.includes(heading), `${page}: ${target}: ${headings.join(", ")}`);
    }
  }
  assert.ok(links > 50, `${links} links`);
});

Deno.test("code in the pages is fenced and says its language, so that tests find it", () => {
  for (const page of pages()) {
    for (const [line] of proseOf(page).matchAll(/^(?: {4,}|\t)(?:\.\/autt|deno|import) .*$/gm)) {
      assert.fail(`${page}: fence this block: ${line}`);
    }
    for (const { language, text } of blocksOf(page)) {
      const isProgram = /^(\.\/autt|deno |import )/m.test(text);
      assert.ok(language !== "" || !isProgram, `${page}: which language is this? ${text}`);
      assert.ok(!/^(bash|console|shell)$/.test(language), `${page}: shell blocks are marked sh`);
    }
  }
});

Deno.test("every command in the pages exists and takes the options that it is given there", async () => {
  const all = [...pages()].flatMap((page) => callsOf(page).map((call) => ({ page, ...call })));
  const runs = (task: string): task is Task =>
    task in project.tasks && project.tasks[task as Task].command.startsWith("deno run");
  const key = ({ task, kind }: Call) => [task, ...kind].join(" ");
  const tasks = new Map(all.map((call) => [key(call), call]));
  const helps = new Map(
    await Promise.all(
      [...tasks.values()].filter(({ task }) => runs(task)).map(async (call) => {
        const words = [...wordsOf(call.task as Task), ...call.kind, "--help"];
        return [key(call), (await runDeno(["run", "--quiet", ...words])).stdout] as const;
      }),
    ),
  );
  for (const { page, ...call } of all) {
    const { task, options } = call;
    if (["help", "version"].includes(task)) continue;
    assert.ok(task in project.tasks, `${page}: there is no command ${task}`);
    const help = helps.get(key(call));
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
    all.length > 80 && tasks.size > 20,
    `${all.length} calls of ${tasks.size} commands`,
  );
});
