import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { type Command, commands, developmentTasks, listCommands } from "../app/commands.ts";
import { runDeno } from "./fakes.ts";

const root = new URL("../", import.meta.url);
const all: readonly Command[] = [...commands, ...developmentTasks];

/** Runs a line of shell, by the shell of Deno's tasks: tests may start Deno and no `sh`. */
const shell = (line: string, env: Record<string, string> = {}) =>
  runDeno(["task", "--quiet", "--eval", line], env);

/** The lines of a function of the launcher that prints a table. */
function tableOf(launcher: string, name: string): string {
  return new RegExp(`^${name}\\(\\) \\{\n  cat <<'END'\n(.*?)\nEND$`, "ms").exec(launcher)?.[1] ??
    "";
}

Deno.test("launcher, main.ts, --help, README and deno.json name the same commands", async () => {
  const launcher = await Deno.readTextFile(new URL("autt", root));
  const lines = (some: readonly Command[]) =>
    some.map(({ name, needs, about }) => `${name}|${needs.join(" ")}|${about}`).join("\n");
  assert.equal(tableOf(launcher, "commands"), lines(commands));
  assert.equal(tableOf(launcher, "development_tasks"), lines(developmentTasks));

  const help = await runDeno(["run", "--quiet", "--allow-env", "main.ts", "--help"]);
  assert.equal(help.code, 0, help.stderr);
  assert(help.stdout.includes(`\n${listCommands(commands)}\n`), help.stdout);

  const readme = await Deno.readTextFile(new URL("README.md", root));
  const rows = [...readme.matchAll(/^\| `\.\/autt (.+?)` +\| (.+?) +\|$/gm)];
  assert.deepEqual(
    rows.map(([, call, about]) => [call, about]),
    all.map(({ name, usage, about }) => [`${name} ${usage}`.trim(), about]),
  );

  const described = Object.entries(project.tasks).map(([name, { description }]) =>
    [name, description] as const
  ).filter(([name]) => name !== "test:changed"); // is `test --changed`
  assert.deepEqual(
    Object.fromEntries(described),
    Object.fromEntries(all.map(({ name, about }) => [name, about])),
  );
});

Deno.test("a task that reads video may run ffmpeg, and no other task is given it but doctor", () => {
  for (const { name, needs } of all) {
    const { command } = project.tasks[name as keyof typeof project.tasks];
    if (!command.startsWith("deno run")) continue;
    const runs = /--allow-run=\S*\bffmpeg\b/.test(command);
    // It tells whether there is an ffmpeg, so the launcher must not install one for it.
    assert.equal(runs, needs.includes("ffmpeg") || name === "doctor", name);
  }
});

/** A folder with the launcher alone, on a machine that lacks Vulkan and ffmpeg, beside a made-up Deno. */
async function withLauncher(
  action: (
    run: (args: string, env?: Record<string, string>) => ReturnType<typeof shell>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const launcher = await Deno.readTextFile(new URL("autt", root));
    const lacking = launcher.replace("has_vulkan() {", "has_vulkan() { false; }\nunused() {")
      .replace("uname -s", "echo Linux");
    assert.notEqual(lacking, launcher);
    await Deno.writeTextFile(join(folder, "autt"), lacking);
    await Deno.mkdir(join(folder, "bin"));
    await Deno.writeTextFile(
      join(folder, "bin/deno"),
      '#!/bin/sh\n[ "$1" = -V ] && echo "deno 2.9.6" || echo "ran $*"\n',
      { mode: 0o755 },
    );
    const env = { AUTT_FFMPEG: "no-such-ffmpeg", AUTT_NO_INSTALL: "1" };
    const path = `${join(folder, "bin")}:${Deno.env.get("PATH")}`;
    await action((args, more) =>
      shell(`export PATH=${path} && sh ${join(folder, "autt")} ${args}`, { ...env, ...more })
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "the launcher asks for what a command needs and for nothing else",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withLauncher(async (run) => {
      for (const { name, needs } of all) {
        const { code, stdout, stderr } = await run(`${name} --help`);
        assert.equal(code, needs.length === 0 ? 0 : 1, `${name}: ${stderr}`);
        assert.equal(/mesa-vulkan-drivers/.test(stderr), needs.includes("vulkan"), stderr);
        assert.equal(/no ffmpeg/.test(stderr), needs.includes("ffmpeg"), `${name}: ${stderr}`);
        if (needs.length === 0) assert.match(stdout, new RegExp(`^ran task .* ${name} --help\n$`));
      }
    });
  },
});

Deno.test({
  name: "the launcher lists all tasks, and refuses others before it installs anything",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await withLauncher(async (run) => {
      const help = await run("--help");
      for (const { name, about } of all) {
        assert.match(help.stdout, new RegExp(`^  ${name} +${RegExp.escape(about)}$`, "m"));
      }
      for (const name of ["dance", "demo:", "inf"]) {
        const { code, stderr } = await run(name);
        assert.equal(code, 2);
        assert.match(stderr, new RegExp(`^autt: there is no command '${name}'`));
        assert.doesNotMatch(stderr, /install|Vulkan/);
      }
    });
  },
});
