import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { demoHead, demoModel, demoSample } from "../demo/model.ts";
import { openDevice } from "../engine/mod.ts";
import { openTensors } from "../io/tensors/open_tensors.ts";
import { toFloat32 } from "../io/tensors/stored_type.ts";
import { loadEnrolment } from "../media/features/enrolment_file.ts";
import { featuresOf } from "../media/features/seen_frame.ts";
import { loadClipAu } from "../model/clip_au/load_clip_au.ts";
import { neutralMean } from "../model/clip_au/neutral.ts";
import { inferVideo } from "../person/infer_video.ts";
import { Subject } from "../person/subject.ts";
import { runDeno } from "./fakes.ts";

/** Frames of which one is looked at. */
const every = "6";

/** What the library sees in the demo's sample, and learns of the person in it. */
async function byLibrary(path: string): Promise<Float32Array<ArrayBuffer>> {
  using device = await openDevice();
  using model = await loadClipAu(device, { clip: demoModel, head: demoHead });
  using person = await Subject.open(model, { path });
  let features = new Float32Array(0);
  const windows = inferVideo(person, demoSample, {
    every: Number(every),
    onAnalysis: ({ seen }) => features = featuresOf(seen),
  });
  await Array.fromAsync(windows);
  await person.save();
  return features;
}

/** All features that a command kept in a folder. */
async function keptIn(folder: string): Promise<Float32Array[]> {
  const kept: Float32Array[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    using file = await openTensors(join(folder, name));
    const { dtype } = file.tensors.get("features") ?? assert.fail(name);
    kept.push(toFloat32(dtype, await file.read("features")));
  }
  return kept;
}

Deno.test("infer, enroll, eval, train and the library see the same features of a video", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "autt-same-" });
  try {
    const run = async (command: string, ...args: string[]) => {
      const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
      const { code, stderr } = await runDeno(
        ["run", "--quiet", ...allow, "main.ts", command, ...args, "--model", "demo"],
        { INIT_CWD: folder, AUTT_SUBJECTS: join(folder, "people") },
      );
      assert.equal(code, 0, stderr);
    };
    const rows: string[] = [];
    for (const person of ["a", "b"]) {
      for (const label of [0, 1]) {
        // Every one shows pain: labels are of no account here, and the features are alike.
        const name = `${person}-${label}-${basename(demoSample)}`;
        await Deno.copyFile(demoSample, join(folder, name));
        rows.push(`${person},${name},${label}`);
      }
    }
    await Deno.writeTextFile(join(folder, "labels.csv"), rows.join("\n") + "\n");
    const wanted = await byLibrary(join(folder, "library.safetensors"));
    assert.ok(wanted.length > 0);
    const sameAs = (kept: readonly Float32Array[]) => {
      assert.equal(kept.length, rows.length);
      for (const features of kept) assert.deepEqual(features, wanted);
    };

    await t.step("infer learns the same of the person, bit by bit", async () => {
      await run("infer", demoSample, "--every", every, "--subject", "infer.safetensors");
      assert.deepEqual(
        await Deno.readFile(join(folder, "infer.safetensors")),
        await Deno.readFile(join(folder, "library.safetensors")),
      );
    });
    await t.step("enroll", async () => {
      await run("enroll", demoSample, "--every", every, "--subject", "anna");
      const { mean } = await loadEnrolment(join(folder, "people/anna.neutral.safetensors"));
      assert.deepEqual(mean, neutralMean([wanted], mean.length).mean);
    });
    const few = ["--stride", every, "--features"];
    await t.step("train", async () => {
      await run("train", "labels.csv", "--epochs", "1", "--held-out", "0.5", ...few, "train");
      sameAs(await keptIn(join(folder, "train")));
    });
    await t.step("eval", async () => {
      const labels = ["--dataset", "plain", "--labels", "labels.csv", "--resamples", "10"];
      const method = ["--method", "zero-shot", "--classes", "neutral,pain", "--targets", "a,b"];
      await run("eval", ...labels, ...method, ...few, "eval-features");
      sameAs(await keptIn(join(folder, "eval-features")));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
