import assert from "node:assert/strict";
import { join } from "node:path";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { head, labelRows, runEval, withFaces, writeLabels } from "./eval_folder.ts";
import { roomyConfig } from "./small_clip.ts";

interface Written {
  readonly enrolled_with?: Readonly<Record<string, readonly string[]>>;
}

Deno.test("enrolled, rest and pft: clips of rest enroll, are not tested on, and no label matters", async (t) => {
  await withFaces(async (folder) => {
    const path = join(folder, "head.safetensors"), width = roomyConfig.embedding;
    const sine = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
    await saveHead(path, {
      ...await loadHead(path),
      neutral: new Float32Array(width),
      rest: { direction: sine, offset: new Float32Array(width), frames: 6 },
    });
    const targets = ["--targets", "person-1,person-5"];
    const common = [...head, ...targets, "--method", "enrolled,rest,pft", "--rest-clips", "2"];
    const enrolledWith = async (out: string) =>
      (JSON.parse(await Deno.readTextFile(join(folder, out, "results.json"))) as Written)
        .enrolled_with;

    await t.step(
      "a method that needs resting clips asks for them where nothing names them",
      async () => {
        const { code, stderr } = await runEval(folder, "--labels", "labels.csv", ...common);
        assert.equal(code, 2);
        assert.match(stderr, /Cannot evaluate "enrolled": it needs resting clips.*--rest-task/);
      },
    );
    await t.step("told, they are set aside", async () => {
      const args = [...common, "--rest-task", "rest", "--out", "told"];
      const { code, stdout, stderr } = await runEval(folder, "--labels", "labels.csv", ...args);
      assert.equal(code, 0, stderr);
      assert.match(
        stderr,
        /enrolled with 2 resting clips each, which are not tested on; 6 clips are/,
      );
      for (const name of ["enrolled", "rest", "pft"]) {
        assert.match(stdout, new RegExp(`^\\W*${name}\\b`, "m"));
      }
      assert.deepEqual(await enrolledWith("told"), {
        "person-1": ["person-1/video-0", "person-1/video-1"],
        "person-5": ["person-5/video-0", "person-5/video-1"],
      });
    });
    await t.step("the targets' labels change no decision", async () => {
      await writeLabels(folder, "turned.csv", labelRows([1, 5]));
      const args = [...common, "--rest-task", "rest", "--out", "turned"];
      const { code, stderr } = await runEval(folder, "--labels", "turned.csv", ...args);
      assert.equal(code, 0, stderr);
      const methods = ["enrolled", "rest", "pft"];
      for (const file of methods.flatMap((name) => [1, 5].map((n) => `${name}/person-${n}.json`))) {
        const [before, after] = ["told", "turned"].map((out) => {
          const text = Deno.readTextFileSync(join(folder, out, "decisions", file));
          return (JSON.parse(text) as { readonly clips: unknown }).clips;
        });
        assert.ok(Array.isArray(before) && before.length === 3);
        assert.deepEqual(after, before, file);
      }
    });
    await t.step("without a method that needs them, all clips are tested on", async () => {
      const args = [...head, ...targets, "--method", "rest", "--rest-task", "rest", "--out", "all"];
      const { code, stderr } = await runEval(folder, "--labels", "labels.csv", ...args);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /not tested on/);
      assert.equal(await enrolledWith("all"), undefined);
    });
  });
});
