/** Personalised ambivalence from videos: drawn people with unusual resting faces, who answer question 1 at rest. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "./fakes.ts";
import { keptIn, type Task, wordsOf } from "./task_permissions.ts";

const run = (folder: string, task: Task, ...args: string[]) =>
  runDeno(["run", "--quiet", "--no-prompt", ...wordsOf(task), ...args], keptIn(folder));

interface Results {
  readonly enrolled_with?: Readonly<Record<string, readonly string[]>>;
}

interface Read {
  readonly rest: { readonly from: string; readonly frames?: number };
  readonly whole: { readonly probabilities: Readonly<Record<string, number>> };
}

interface Decided {
  readonly clips: readonly { readonly id: string; readonly probabilities: readonly number[] }[];
}

Deno.test("answers at rest personalise, and are not tested on", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "autt-resting-" });
  try {
    const people = ["--people", "3", "--answers", "3", "--unusual-rest"];
    const drawn = await run(folder, "demo:speakers", "BAH_DB", ...people);
    assert.equal(drawn.code, 0, drawn.stderr);
    const labels = join(folder, "BAH_DB/labels.txt");
    const lines = (await Deno.readTextFile(labels)).trimEnd().split("\n");
    const [rest = ""] = lines.filter((line) => line.includes("80102_Question_1_"));
    assert.match(rest, /\.mp4,0,/);

    await t.step("in a table, beside what is not personalised", async () => {
      const args = ["--dataset", "bah", "--labels", "BAH_DB/labels.txt", "--model", "demo"];
      const { code, stdout, stderr } = await run(
        folder,
        "eval",
        ...[...args, "--targets", "80102", "--stride", "10", "--frames", "3", "--resamples", "10"],
        ...["--method", "conflict,conflict-rest,conflict-enrolled"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stderr, /enrolled with 1 resting clips each, which are not tested on; 2 clips/);
      for (const name of ["conflict", "conflict-rest", "conflict-enrolled"]) {
        assert.match(stdout, new RegExp(`^${name} .*\\d`, "m"));
      }
      const text = await Deno.readTextFile(join(folder, "eval/results.json"));
      assert.deepEqual((JSON.parse(text) as Results).enrolled_with, {
        "80102": [rest.split(".mp4")[0] + ".mp4"],
      });
      const decided = async (method: string) => {
        const path = join(folder, "eval/decisions", method, "80102.json");
        return JSON.stringify(JSON.parse(await Deno.readTextFile(path)) as Results);
      };
      assert.notDeepEqual(await decided("conflict-enrolled"), await decided("conflict-rest"));
    });

    await t.step("in a head, which reads people who are enrolled and others", async () => {
      const task = ["--task", "ambivalence", "--model", "demo"];
      const train = (...more: string[]) =>
        run(folder, "train", ...[...task, "BAH_DB/labels.txt", "--steps", "5", ...more]);
      const trained = await train(
        ...["--centred", "1", "--stride", "10", "--out", "c.safetensors", "--held-out", "0.3"],
      );
      assert.equal(trained.code, 0, trained.stderr);
      assert.match(
        trained.stderr,
        /3 videos of 3 people at rest \(task Question 1\), which are not/,
      );
      assert.match(trained.stderr, /6 videos: 6 with a face/);

      const videoOf = (line: string) => `BAH_DB/${line.split(",")[0]}`;
      const [answer = ""] = lines.filter((line) => line.includes("80102_Question_2_"));
      const enrolled = await run(
        folder,
        "enroll",
        ...["--subject", "ann", videoOf(rest), "--model", "demo", "--every", "10"],
      );
      assert.equal(enrolled.code, 0, enrolled.stderr);
      const infer = async (...more: string[]) => {
        const out = ["--json", "o.json", "--least", "0", "--every", "10"];
        const args = [...task, videoOf(answer), ...out, ...more];
        const { code, stdout, stderr } = await run(folder, "infer", ...args);
        assert.equal(code, 0, stderr);
        const read: Read = JSON.parse(await Deno.readTextFile(join(folder, "o.json")));
        return { stdout, stderr, rest: read.rest, p: read.whole.probabilities.ambivalence };
      };
      const head = ["--head", "c.safetensors"];
      const told = await infer(...head, "--subject", "ann");
      assert.match(told.stdout, /resting face: ann's, by enrolment/);
      assert.deepEqual(told.rest, { from: "enrolled" });
      const found = await infer(...head, "--subject", "bob");
      assert.match(found.stderr, /bob is not enrolled: their resting face is found in the video/);
      assert.match(found.stdout, /nobody is enrolled, so it was found in the calmest quarter/);
      assert.equal(found.rest.from, "found");
      assert.notEqual(found.p, told.p);
      // The demo's head takes faces as they are.
      const usual = await infer("--subject", "ann");
      assert.match(
        usual.stderr,
        /not trained with --centred: ann's resting face is used for Action/,
      );
      assert.deepEqual(usual.rest, { from: "unused" });
      assert.equal(usual.p, (await infer()).p);

      const refusals: [string[], RegExp][] = [
        [["--centred", "1", "--form", "lfan"], /--centred is for mlp and transformer/],
        [["--rest-task", "Question 1"], /--rest-task is for --centred/],
        [["--centred", "1", "--dataset", "plain"], /name their task with --rest-task/],
        [["--centred", "0"], /wanted a whole number from 1 on/],
      ];
      for (const [args, says] of refusals) {
        const { code, stderr } = await train(...args);
        assert.equal(code, 2, stderr);
        assert.match(stderr, says);
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
