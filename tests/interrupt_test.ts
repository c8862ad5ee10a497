import assert from "node:assert/strict";
import { Interrupted, untilInterrupted } from "../app/terminal/interrupt.ts";
import { rejection } from "./fakes.ts";
import { head, made, withModel } from "./infer_folder.ts";

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
