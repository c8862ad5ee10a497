import assert from "node:assert/strict";
import { join } from "node:path";
import { head, labelRows, runEval, withFaces, writeLabels } from "./eval_folder.ts";

Deno.test("eval refuses what it can't evaluate, before any model is loaded", async (t) => {
  await withFaces(async (folder) => {
    const refuse = (name: string, wanted: RegExp, code: number, ...args: string[]) =>
      t.step(name, async () => {
        const result = await runEval(folder, ...args);
        assert.equal(result.code, code, result.stderr);
        assert.match(result.stderr, wanted);
        assert.doesNotMatch(result.stderr, /adapter:/);
        assert.ok(!await Deno.stat(join(folder, "eval")).then(() => true, () => false));
      });
    const labels = ["--labels", "labels.csv", ...head];
    await refuse("no labels", /^error: Cannot evaluate without labels: name a file/, 2, ...head);
    await refuse("another kind", /on "films": name a kind with --dataset: plain, biovid/, 2, ...[
      ...labels,
      "--dataset",
      "films",
    ]);
    await refuse("an unknown method", /"magic": the methods are zero-shot, .*tpt, tda/, 2, ...[
      ...labels,
      "--method",
      "tda,magic",
    ]);
    await refuse("half a seed", /--seed 0\.5: wanted a whole number from 0/, 2, ...[
      ...labels,
      "--seed",
      "0.5",
    ]);
    await refuse("classes that the head has not", /a head of 2|decides between 2 classes/, 1, ...[
      ...labels,
      "--classes",
      "a,b,c",
    ]);
    await refuse("a stranger", /Cannot adapt to "nobody": there is no clip/, 1, ...[
      ...labels,
      "--targets",
      "nobody",
    ]);
    await refuse("labels that are not there", /Cannot read the labels ".*gone\.csv"/, 1, ...[
      "--labels",
      "gone.csv",
      ...head,
    ]);

    const rows = labelRows();
    await writeLabels(folder, "bad.csv", [
      "subject,video,label,task",
      ...rows,
      "x,y",
      rows[0] ?? "",
    ]);
    await refuse(
      "wrong labels, by line",
      /bad\.csv:50: wanted 4 columns: got 2\n.*bad\.csv:51: "person-0\/video-0" is named in line 2/,
      1,
      ...["--labels", "bad.csv", ...head],
    );
    await writeLabels(folder, "gone.csv", [...rows, "person-9,person-9/video-0,1,rest"]);
    await refuse(
      "missing files",
      /gone\.csv:49: .*there is no .*video-0\nerror: .*--skip-mis/,
      1,
      ...["--labels", "gone.csv", ...head],
    );
    await writeLabels(folder, "same.csv", rows.slice(0, 6));
    await refuse("a person on both sides", /1 subjects are sources and targets at once/, 1, ...[
      ...["--source-labels", "same.csv", ...labels],
    ]);
    await t.step(
      "--check tells what there is and does no more; --skip-missing goes on",
      async () => {
        const args = ["--labels", "gone.csv", ...head, "--check", "--skip-missing"];
        const { code, stderr, stdout } = await runEval(folder, ...args);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /targets: 7 people, 42 clips \(21 neutral, 21 open\)/);
        assert.match(stderr, /tasks: rest, sums\n {2}person-\d: 3 neutral, 3 open/);
        assert.equal(stdout, "");
      },
    );
    await t.step("without a head its methods are left out, and refused by name", async () => {
      const bare = ["--labels", "labels.csv", "--classes", "a,b"];
      const checked = await runEval(folder, ...bare, "--check", "--source-clips", "0");
      assert.equal(checked.code, 0, checked.stderr);
      for (const name of ["clip-au", "window", "paper", "official"]) {
        assert.match(checked.stderr, new RegExp(`^${name} is left out: it needs a head`, "m"));
      }
      assert.match(checked.stderr, /^neutral mean is left out: .*--source-clips is 0/m);
      assert.doesNotMatch(checked.stderr, /^(zero-shot|tpt|tda|majority|task only) is left out/m);
      const named = await runEval(folder, ...bare, "--method", "paper");
      assert.equal(named.code, 2);
      assert.match(named.stderr, /Cannot evaluate "paper": it needs a head: name one with --head/);
    });
  });
});
