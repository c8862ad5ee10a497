import assert from "node:assert/strict";
import { join } from "node:path";
import { demoSample } from "../demo/model.ts";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { preparationOf } from "../media/features/preparation.ts";
import { runDeno } from "./fakes.ts";
import { ffmpeg } from "./infer_folder.ts";
import { makeFaces } from "./made_up_faces.ts";
import { roomyConfig } from "./small_clip.ts";

/** A command on a folder of made-up faces and its small model. */
function run(folder: string, command: string, ...args: string[]) {
  const allow = ["read", "write", "env", "ffi", "sys", "run"].map((name) => `--allow-${name}`);
  return runDeno(["run", "--quiet", ...allow, "main.ts", command, "--model", ".", ...args], {
    INIT_CWD: folder,
    HF_HUB_CACHE: join(folder, "none"),
    AUTT_MODELS: join(folder, "none"),
  });
}

Deno.test("train finds and cuts faces out of videos as eval does, and the head says so", async (t) => {
  const folder = await makeFaces(), size = roomyConfig.image.size;
  const seen = () => [...Deno.readDirSync(join(folder, "seen"))].map(({ name }) => name).sort();
  try {
    const rows = ["subject,video,label"];
    for (const [i, subject] of ["a", "a", "b", "b"].entries()) {
      await ffmpeg("-i", demoSample, "-ss", `${i / 10}`, "-c:v", "ffv1", join(folder, `${i}.mkv`));
      rows.push(`${subject},${i}.mkv,${i % 2}`);
    }
    const nobody = "testsrc2=size=64x48:rate=10:duration=1";
    await ffmpeg("-f", "lavfi", "-i", nobody, "-c:v", "ffv1", join(folder, "nobody.mkv"));
    await Deno.writeTextFile(join(folder, "videos.csv"), rows.join("\n"));
    await Deno.writeTextFile(join(folder, "more.csv"), [...rows, "b,nobody.mkv,0"].join("\n"));
    const kept = ["--features", "seen", "--stride", "20"];
    const train = ["more.csv", ...kept, "--epochs", "1", "--held-out", "0.5"];
    const evaluated = [
      ...["--dataset", "plain", "--labels", "videos.csv", "--targets", "b", "--resamples", "20"],
      ...["--classes", "neutral,class 1", "--method", "clip-au", "--head", "head.safetensors"],
      "--allow-overlap", // b chose its epoch
      ...kept,
    ];

    await t.step("a video without a face is left out and named", async () => {
      const { code, stderr } = await run(folder, "train", ...train);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^nobody\.mkv is left out: no face is seen in it$/m);
      assert.equal(seen().length, 5);
    });
    await t.step("the head records how its pictures were prepared", async () => {
      const { preparations } = await loadHead(join(folder, "head.safetensors"));
      assert.deepEqual(preparations, [preparationOf(true, size)]);
      assert.equal(preparations[0]?.margin, 1.5);
    });
    await t.step("eval finds the same features, and has nothing to warn of", async () => {
      const names = seen();
      const { code, stderr } = await run(folder, "eval", ...evaluated, "--out", "faces");
      assert.equal(code, 0, stderr);
      assert.deepEqual(seen(), names);
      assert.doesNotMatch(stderr, /warning/);
    });
    await t.step("another preparation makes other features, and is told", async () => {
      const whole = ["--no-face-crop", "--out", "whole"];
      const { code, stderr } = await run(folder, "eval", ...evaluated, ...whole);
      assert.equal(code, 0, stderr);
      assert.equal(seen().length, 5 + 4);
      assert.match(
        stderr,
        /^warning: the head learned from faces that BlazeFace .* 1\.5 times their box \(24 x 24\); here it sees whole pictures \(24 x 24\): it may decide worse$/m,
      );
    });
    await t.step(
      "infer tells it too, and nothing where faces are cut out as they were",
      async () => {
        const args = ["0.mkv", "--head", "head.safetensors", "--every", "8", "--no-adapt"];
        const same = await run(folder, "infer", ...args, "--least", "0");
        assert.equal(same.code, 0, same.stderr);
        assert.doesNotMatch(same.stderr, /warning/);
        const whole = await run(folder, "infer", ...args, "--least", "0", "--no-face-crop");
        assert.equal(whole.code, 0, whole.stderr);
        assert.match(whole.stderr, /^warning: the head learned from faces .* here it sees whole/m);
      },
    );
    await t.step("a head without a record loads and has nothing to warn of", async () => {
      const path = join(folder, "head.safetensors");
      const { preparations: _, ...head } = await loadHead(path);
      await saveHead(path, head);
      assert.deepEqual(await loadHead(path), head);
      const { code, stderr } = await run(folder, "eval", ...evaluated, "--out", "old");
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /warning/);
    });
    await t.step("a record that is none is refused", async () => {
      const path = join(folder, "head.safetensors"), head = await loadHead(path);
      const preparations = [{ crop: "face", size }] as const; // which detector, and what margin?
      await saveHead(path, { ...head, preparations });
      await assert.rejects(() => loadHead(path), /does not say how pictures were prepared/);
    });
    await t.step("people of whom no face is seen are not trained on", async () => {
      await Deno.copyFile(join(folder, "nobody.mkv"), join(folder, "empty.mkv"));
      const lines = ["a,nobody.mkv,0", "a,empty.mkv,1", "b,0.mkv,0", "b,1.mkv,1"];
      await Deno.writeTextFile(join(folder, "none.csv"), lines.join("\n"));
      const args = [...kept, "--epochs", "1", "--held-out", "0.5", "--out", "n.safetensors"];
      const { code, stderr } = await run(folder, "train", "none.csv", ...args);
      assert.notEqual(code, 0);
      assert.match(stderr, /^error: Cannot train.*(no video held out shows|or show no) a? ?face/m);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
