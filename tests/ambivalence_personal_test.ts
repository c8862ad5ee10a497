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
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
