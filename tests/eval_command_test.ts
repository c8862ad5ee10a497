import assert from "node:assert/strict";
import { join } from "node:path";
import { evalProcess, head, labelRows, runEval, withFaces, writeLabels } from "./eval_folder.ts";

const targets = ["--targets", "person-1,person-2", ...head];

/** The files that must be the same on a second run. */
async function outputs(folder: string, out: string): Promise<string[]> {
  const names = ["results.json", "results.csv", "decisions.csv", "table.txt"];
  return await Promise.all(names.map((name) => Deno.readTextFile(join(folder, out, name))));
}

/** Who said what: the decisions without the labels beside them. */
async function decisions(folder: string, out: string): Promise<string[]> {
  const [, , csv = ""] = await outputs(folder, out);
  return csv.trimEnd().split("\r\n").map((row) => row.split(",").toSpliced(5, 1).join());
}

Deno.test("eval prints a table that is the same again, encodes once, and looks at no target's label", async (t) => {
  await withFaces(async (folder) => {
    const args = ["--labels", "labels.csv", ...targets, "--features", "seen"];
    const methods = ["--method", "zero-shot,tda,clip-au"];
    const first = await runEval(folder, ...args, ...methods, "--out", "one");
    assert.equal(first.code, 0, first.stderr);
    await t.step("tells what there is before the work and what it cost after", () => {
      assert.match(first.stderr, /sources: 6 people, 36 clips \(18 neutral, 18 open\)/);
      assert.match(first.stderr, /targets: 2 people, 12 clips/);
      assert.match(first.stderr, /encoding a clip, once for all methods: [\d.]+ ms/);
      assert.match(first.stderr, /^zero-shot( +[\d.]+){5}$/m);
    });
    await t.step("holds the baselines and marks what does not beat them", () => {
      const rows = ["always neutral", "always open", "majority", "task only", "neutral mean"];
      for (const name of [...rows, "zero-shot", "tda", "clip-au"]) {
        assert.match(first.stdout, new RegExp(`^${name} .*\\d`, "m"));
      }
      assert.match(first.stdout, /^zero-shot .* \*$/m);
      assert.match(first.stdout, /^neutral mean \(looks ahead\) +100\.0/m);
    });
    await t.step(
      "is the same on a second run, for another method too, from kept features",
      async () => {
        const seen = () =>
          [...Deno.readDirSync(join(folder, "seen"))].map(({ name }) =>
            `${name} ${Deno.statSync(join(folder, "seen", name)).mtime?.getTime()}`
          ).sort();
        const kept = seen();
        const second = await runEval(folder, ...args, ...methods, "--out", "two");
        assert.equal(second.stdout, first.stdout);
        assert.deepEqual(await outputs(folder, "two"), await outputs(folder, "one"));
        const more = await runEval(
          folder,
          ...args,
          "--method",
          "window",
          "--out",
          "one",
          "--resume",
        );
        assert.equal(more.code, 0, more.stderr);
        assert.match(more.stdout, /^window .*\d/m);
        assert.deepEqual(seen(), kept);
      },
    );
    await t.step("decides the same when targets' labels are exchanged", async () => {
      await writeLabels(folder, "turned.csv", labelRows([1, 2]));
      const turned = ["--labels", "turned.csv", ...args.slice(2)];
      const { code } = await runEval(folder, ...turned, ...methods, "--out", "turned");
      assert.equal(code, 0);
      assert.deepEqual(await decisions(folder, "turned"), await decisions(folder, "two"));
      assert.notDeepEqual(await outputs(folder, "turned"), await outputs(folder, "two"));
    });
  });
});

Deno.test("eval goes on after Ctrl-C to the same results", async () => {
  await withFaces(async (folder) => {
    // All clips of each person: what is left after the first one must take long enough to be stopped.
    await writeLabels(folder, "all.csv", labelRows());
    const args = ["--labels", "all.csv", ...targets, "--method", "paper", "--features", "seen"];
    const process = evalProcess(folder, ...args, "--out", "one");
    const drained = Promise.all([process.stdout.cancel(), new Response(process.stderr).text()]);
    const person = join(folder, "one", "decisions", "paper", "person-1.json");
    while (!await Deno.stat(person).then(() => true, () => false)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    process.kill("SIGINT");
    assert.equal((await process.status).code, 130);
    const [, stderr] = await drained;
    assert.match(stderr, /stopped: what was decided is kept; continue with --resume/);
    const refused = await runEval(folder, ...args, "--out", "one");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /an evaluation there was stopped: continue with --resume/);
    const written = (await Deno.stat(person)).mtime;
    const resumed = await runEval(folder, ...args, "--out", "one", "--resume");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual((await Deno.stat(person)).mtime, written);
    const whole = await runEval(folder, ...args, "--out", "two");
    assert.equal(whole.stdout, resumed.stdout);
    assert.deepEqual(await outputs(folder, "one"), await outputs(folder, "two"));
  });
});
