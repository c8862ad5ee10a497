import assert from "node:assert/strict";
import { Interrupted, untilInterrupted } from "../app/terminal/interrupt.ts";
import { rejection } from "./fakes.ts";
import { ffmpeg, head, made, withModel } from "./infer_folder.ts";
import { demoSample } from "../demo/model.ts";
import { join } from "node:path";

Deno.test("what comes first counts: an action's end, or Ctrl-C", async () => {
  const stop = new AbortController(), never = new Promise<never>(() => {});
  assert.equal(await untilInterrupted(Promise.resolve(3), stop.signal), 3);
  const failed = Promise.reject(new Error("broken"));
  assert.equal((await rejection(untilInterrupted(failed, stop.signal))).message, "broken");
  const waiting = rejection(untilInterrupted(never, stop.signal));
  stop.abort(new Interrupted("interrupted"));
  assert.ok(await waiting instanceof Interrupted);
  assert.ok(await rejection(untilInterrupted(never, stop.signal)) instanceof Interrupted);
});

/** The commands that load a model and then look at a video. */
const commands: Readonly<Record<string, string[]>> = {
  infer: [...head, "--json", "o.json", "--csv", "o.csv"],
  enroll: ["--subject", "sam"],
};

for (const [name, args] of Object.entries(commands)) {
  Deno.test(`${name} ends on Ctrl-C while the model loads, and leaves nothing`, async () => {
    await withModel(async (folder) => {
      const before = made(folder);
      const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
      const process = new Deno.Command("deno", {
        args: [
          ...["run", "--quiet", ...allow, "main.ts", name, "v.mkv", ...args, "--model", "."],
          "--no-face-crop",
        ],
        env: { NO_COLOR: "1", INIT_CWD: folder, AUTT_SUBJECTS: `${folder}/people` },
        cwd: new URL("..", import.meta.url),
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      let said = "";
      for await (const part of process.stderr.pipeThrough(new TextDecoderStream())) {
        // The first line is there as soon as the device is: then the model is loaded.
        if (said === "") process.kill("SIGINT");
        said += part;
      }
      const { code } = await process.status;
      assert.equal(code, 130, said);
      assert.match(said, /^adapter: .*\nstopped: nothing was written\n$/);
      assert.deepEqual(made(folder), before);
    });
  });
}

/** Runs `infer` on the demo's model until it ends, or until a moment at which Ctrl-C is pressed. */
async function inferUntil(folder: string, video: string, moment = Infinity) {
  const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run"]
    .concat("--allow-ffi", "--allow-sys");
  const outputs = ["json", "csv", "report", "elan", "events"].flatMap((kind) => [
    `--${kind}`,
    `o.${kind}`,
  ]);
  const process = new Deno.Command("deno", {
    args: ["run", "--quiet", ...allow, "main.ts", "infer", video, "--model", "demo", ...outputs],
    env: { NO_COLOR: "1", INIT_CWD: folder },
    cwd: new URL("..", import.meta.url),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(process.stderr).text(), begin = performance.now();
  let pressed = NaN;
  const timer = moment < Infinity
    ? setTimeout(() => {
      pressed = performance.now();
      process.kill("SIGINT");
    }, moment)
    : undefined;
  const { code } = await process.status, end = performance.now();
  clearTimeout(timer);
  return { code, said: await said, took: end - begin, afterwards: end - pressed };
}

Deno.test("infer ends within a second of Ctrl-C at any moment, and leaves nothing half-written", async () => {
  const folder = await Deno.makeTempDir({ prefix: "autt-interrupt-" });
  try {
    const video = join(folder, "v.mp4");
    await ffmpeg("-stream_loop", "2", "-i", demoSample, "-c", "copy", video);
    const whole = await inferUntil(folder, video);
    assert.equal(whole.code, 0, whole.said);
    const written = made(folder);
    assert.equal(written.length, 6, "five outputs and the video");
    const moments = 10;
    let { took } = whole, longest = 0, tooLate = 0;
    for (let i = 0; i < moments;) {
      for (const name of made(folder)) if (name !== "v.mp4") await Deno.remove(join(folder, name));
      const run = await inferUntil(folder, video, took * (i + 0.5) / moments);
      if (run.code === 0) { // it was quicker than the ones before
        assert.ok(++tooLate < 20, `${tooLate} runs ended before Ctrl-C`);
        took = Math.min(took, run.took);
        continue;
      }
      assert.equal(run.code, 130, run.said);
      assert.ok(run.afterwards < 1000, `${run.afterwards} ms at moment ${i}:\n${run.said}`);
      longest = Math.max(longest, run.afterwards);
      // Whatever is there is whole, and the JSON comes last.
      const left = made(folder);
      assert.ok(left.every((name) => written.includes(name)), `${left}`);
      assert.ok(!left.includes("o.json"), `${left}`);
      i++;
    }
    console.log(`infer ended ${Math.round(longest)} ms after Ctrl-C at most`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
