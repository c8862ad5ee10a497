import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

/** Runs `bench:tuning` by its task with a program for Python, in a folder of its own. */
async function withPython(
  script: string,
  body: (
    run: (...args: string[]) => ReturnType<typeof runDeno>,
    python: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-python-" });
  const python = join(folder, "python"), temporary = join(folder, "temporary");
  try {
    await Deno.writeTextFile(python, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await Deno.mkdir(temporary);
    await body((...args) =>
      runDeno([
        ...["run", "--quiet", "--no-prompt", ...wordsOf("bench:tuning")],
        ...["--quick", "--rounds", "1", ...args],
      ], { TMPDIR: temporary }), python);
    assert.deepEqual([...Deno.readDirSync(temporary)], [], "it leaves no file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const standIn = new URL("./stand_ins/pytorch.ts", import.meta.url).pathname;

Deno.test({
  name: "bench:tuning gives the other side the same step: losses agree",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withPython(
      `exec deno run --quiet --allow-read "${standIn}" "$@"`,
      async (run, python) => {
        const { code, stdout, stderr } = await run("--python", python);
        assert.equal(code, 0, stderr);
        const [head, ...lines] = stdout.trimEnd().split("\n");
        assert.match(head ?? "", /^step +wall s +core-s +a second +autt takes +loss +gradient$/);
        const cells = lines.map((line) => line.split(/ {2,}/));
        assert.deepEqual(
          cells.map(([name]) => name),
          ["paper", "official"].flatMap((mode) => [
            `${mode}: autt`,
            `${mode}: PyTorch stand-in`,
          ]),
        );
        const losses = [0, 2].map((i) => {
          const ours = cells[i] ?? [], theirs = cells[i + 1] ?? [];
          const [loss = NaN, gradient = NaN] = ours.slice(-2).map(Number);
          assert.ok(Math.abs(loss - Number(theirs.at(-2))) < 5e-6, `${ours} beside ${theirs}`);
          assert.ok(gradient > 0);
          // What the other side says of itself: two steps a second, a quarter of a core-second.
          assert.deepEqual(theirs.slice(1, 4), ["0.50", "0.25", "2.00"]);
          assert.equal(theirs.at(-1), "0.250000");
          const ratio = Number(theirs[4]?.replace("x", ""));
          assert.ok(Math.abs(ratio - Number(ours[2]) / 0.25) < 0.03, `${ratio}`);
          return loss;
        });
        assert.notEqual(losses[0], losses[1]);
        assert.ok(losses.every((loss) => loss > 0.1));
      },
    );
  },
});

Deno.test({
  name: "bench:tuning says that a Python has no PyTorch, and passes on what that says",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withPython("echo no torch here >&2\nexit 1", async (run, python) => {
      const { code, stderr } = await run("--python", python);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /\nno torch here\nerror: Cannot compare: ".*" has no PyTorch, or it failed/,
      );
    });
  },
});

Deno.test("bench:tuning says that there is no such Python, and refuses rounds that are none", async () => {
  await withPython("", async (run) => {
    const missing = await run("--python", "no-such-python");
    assert.equal(missing.code, 1);
    assert.match(
      missing.stderr,
      /error: Cannot compare: there is no program "no-such-python": name/,
    );
    const none = await run("--rounds", "1.5");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^error: Cannot measure in 1\.5 rounds: wanted a whole number/);
  });
});
