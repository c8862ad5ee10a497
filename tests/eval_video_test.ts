import assert from "node:assert/strict";
import { join } from "node:path";
import { runEval, withFaces, writeLabels } from "./eval_folder.ts";
import { ffmpeg } from "./infer_folder.ts";

Deno.test("eval reads videos as well, and leaves out those that show no face", async () => {
  await withFaces(async (folder) => {
    const rows: string[] = [];
    for (const [i, subject] of ["a", "a", "b", "b"].entries()) {
      const source = `testsrc2=size=64x48:rate=10:duration=${1 + i}`;
      await ffmpeg("-f", "lavfi", "-i", source, "-c:v", "ffv1", join(folder, `${i}.mkv`));
      rows.push(`${subject},${i}.mkv,${i % 2}`);
    }
    await writeLabels(folder, "videos.csv", ["subject,video,label", ...rows]);
    const args = [
      ...["--labels", "videos.csv", "--classes", "calm,pain"],
      ...["--method", "zero-shot", "--targets", "b"],
    ];
    const whole = await runEval(folder, ...args, "--no-face-crop", "--out", "whole");
    assert.equal(whole.code, 0, whole.stderr);
    assert.match(whole.stdout, /^2 clips of 1 person, /);
    assert.match(whole.stderr, /^task only is left out: it needs tasks: the labels name none/m);
    const faces = await runEval(folder, ...args, "--out", "faces");
    assert.equal(faces.code, 1);
    assert.match(faces.stderr, /Cannot evaluate: no target's clip shows a face/);
    // A folder of pictures is faces already: with one of them there is something to score.
    await writeLabels(folder, "both.csv", [...rows, "b,person-0/video-0,0"]);
    const more = ["--labels", "both.csv", ...args.slice(2), "--source-clips", "0"];
    const both = await runEval(folder, ...more, "--out", "both");
    assert.equal(both.code, 0, both.stderr);
    assert.match(both.stderr, /^2\.mkv is left out: no face is seen in it$/m);
    assert.match(both.stdout, /^1 clip of 1 person, /);
  });
});
