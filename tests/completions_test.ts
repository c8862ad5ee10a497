import assert from "node:assert/strict";
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { optionsInHelp } from "../app/completions/options_in_help.ts";
import { shellScripts } from "../app/completions/shell_scripts.ts";
import { commands } from "../app/commands.ts";
import { temporaryFolder } from "./fake_hub.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

const completions = (...args: string[]) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf("completions"), ...args]);

Deno.test("options are read from a help text, with what they do and whether they take a value", () => {
  assert.deepEqual(
    optionsInHelp(`Does this and --that.

usage: ./autt do FILE [options]
       ./autt do --from FILE  takes a file
  FILE              one
  --from-to S, --to S  seconds;
  --all             everyone,
                    and --nobody else
  -h, --help        this text

As --said.`),
    [
      { name: "--from-to", takesValue: true, about: "seconds" },
      { name: "--to", takesValue: true, about: "seconds" },
      { name: "--all", takesValue: false, about: "everyone" },
      { name: "--help", takesValue: false, about: "this text" },
      { name: "--from", takesValue: true, about: "takes a file" },
    ],
  );
});

Deno.test("each command is completed with the options of its help", async () => {
  const { code, stdout, stderr } = await completions("bash");
  assert.equal(code, 0, stderr);
  for (const { name } of commands) {
    const options = new RegExp(`^    ${name}\\) options='(.*)' ;;$`, "m").exec(stdout)?.[1];
    assert.match(options ?? "", /--help$|--help /, name);
  }
  assert.match(stdout, /^ {4}infer\) options='.*--head .*--report .*--yes /m);
  assert.match(stdout, /^ {4}weights\) options='.*--from --check/m);
});

Deno.test({
  name: "bash completes commands, options and files",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = await temporaryFolder();
    const script = join(folder.path, "autt.bash");
    await Deno.writeTextFile(script, (await completions("bash")).stdout);
    const complete = async (...words: string[]) => {
      const list = words.map((word) => `'${word}'`).join(" ");
      const { stdout, stderr } = await runDeno([
        ...["task", "--quiet", "--eval"],
        `bash -c "source ${script}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _autt; ` +
        `printf '%s ' \\"\\\${COMPREPLY[@]}\\""`,
      ]);
      assert.equal(stderr, "");
      return stdout.trim().split(" ");
    };
    assert.deepEqual(await complete("./autt", "e"), ["enroll", "embed", "eval"]);
    assert.deepEqual(await complete("./autt", "infer", "v.mp4", "--re"), ["--report", "--resume"]);
    assert.deepEqual(await complete("./autt", "infer", "v"), [""], "bash completes files");
    assert.deepEqual(await complete("./autt", "dance", "--"), [""]);
  },
});

Deno.test("quotes, brackets and colons of a description reach each shell as they are", () => {
  const options = [{ name: "--x", takesValue: true, about: "a: [b] it's \\ `c` $d" }];
  const commands = [{ name: "do", about: "one's: own", options }];
  const { bash, zsh, fish } = shellScripts;
  assert.match(bash!(commands), /do\) options='--x' ;;/);
  assert.ok(zsh!(commands).includes(String.raw`'do:one'\''s\: own'`));
  assert.ok(
    zsh!(commands).includes(String.raw`'*--x[a\: \[b\] it'\''s \\ ${"`c` $d"}]:value:_files'`),
  );
  assert.ok(fish!(commands).includes(String.raw`-l x -r -d 'a: [b] it\'s \\ ${"`c` $d"}'`));
});

Deno.test("completions refuses other shells, and the version is told", async () => {
  for (const args of [[], ["ksh"], ["bash", "zsh"]]) {
    const { code, stderr } = await completions(...args);
    assert.equal(code, 2);
    assert.match(stderr, /Cannot complete in .*: name one of bash, zsh, fish/);
  }
  const version = { code: 0, stdout: `autt ${project.version}\n`, stderr: "" };
  const [own, launcher] = await Promise.all([
    runDeno(["run", "--quiet", "main.ts", "--version"]),
    runDeno(["task", "--quiet", "--eval", "sh ./autt --version"]),
  ]);
  assert.deepEqual(own, version);
  if (Deno.build.os !== "windows") assert.deepEqual(launcher, version);
});
