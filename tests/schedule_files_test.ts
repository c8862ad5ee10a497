import assert from "node:assert/strict";
import { join } from "node:path";
import { ScheduleFiles } from "../app/tune/schedule_files.ts";
import { type MeasuredWay, openDevice } from "../engine/mod.ts";
import { adapterIdentity } from "../engine/adapter.ts";
import { runDeno } from "./fakes.ts";
import { roomyConfig, smallClipBytes } from "./small_clip.ts";
import { smallVocabularyFiles } from "./small_vocabulary.ts";
import { wordsOf } from "./task_permissions.ts";

const ways = new Map<string, MeasuredWay>([
  ["matmul[M=9,K=8,N=7]", { way: "16", seconds: 0.5, usualSeconds: 0.75 }],
  ["matmul[M=9,K=8,N=6]", { way: "usual", seconds: 0.25, usualSeconds: 0.25 }],
]);

/** Files in a folder of their own, and what they say. */
async function withFiles(
  body: (files: ScheduleFiles, said: string[], folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "autt-schedules-" }), said: string[] = [];
  try {
    await body(new ScheduleFiles(join(folder, "kept"), (line) => said.push(line)), said, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("measured schedules are kept for the adapter that they were measured on", async () => {
  await withFiles(async (files, said) => {
    assert.equal((await files.load("a card")).size, 0, "none yet");
    await files.save("a card", ways);
    assert.deepEqual(await files.load("a card"), ways);
    assert.equal((await files.load("another card")).size, 0);
    assert.deepEqual(said, []);
  });
});

Deno.test("a damaged file of schedules is ignored with one sentence and written anew", async () => {
  await withFiles(async (files, said) => {
    await files.save("a card", ways);
    const path = await files.path("a card"), whole = await Deno.readTextFile(path);
    const damaged = [
      whole.slice(0, -20),
      "",
      "null",
      whole.replace('"schema_version": 1', '"schema_version": 2'),
      whole.replace("0.75", '"fast"'),
      whole.replace('"way": "16"', '"way": null'),
    ];
    for (const text of damaged) {
      assert.notEqual(text, whole);
      await Deno.writeTextFile(path, text);
      assert.equal((await files.load("a card")).size, 0, text);
      assert.deepEqual(said.splice(0), [
        `Measured schedules are damaged and begin anew: ${path}`,
      ]);
      assert.equal((await files.load("a card")).size, 0);
      assert.deepEqual(said, [], "it was written anew");
      await files.save("a card", ways);
      assert.deepEqual(await files.load("a card"), ways);
    }
  });
});

Deno.test("what can't be written is said, and nothing else happens", async () => {
  await withFiles(async (files, said, folder) => {
    await Deno.writeTextFile(join(folder, "kept"), "a file, where a folder should be");
    await files.save("a card", ways);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^Measured schedules can't be kept: /);
    assert.equal((await files.load("a card")).size, 0);
  });
});

Deno.test("commands use what is kept, but with --schedule default, and tell its fingerprint", async () => {
  await withFiles(async (files, _, folder) => {
    using device = await openDevice();
    await files.save(adapterIdentity(device.gpu.adapterInfo), ways);
    const model = join(folder, "model");
    await Deno.mkdir(model);
    await Deno.writeFile(join(model, "model.safetensors"), await smallClipBytes(roomyConfig));
    await Deno.writeTextFile(
      join(model, "tokenizer.json"),
      smallVocabularyFiles["tokenizer.json"],
    );
    const run = (task: "tune" | "embed", ...args: string[]) =>
      runDeno(["run", "--quiet", "--no-prompt", ...wordsOf(task), "--model", model, ...args], {
        INIT_CWD: folder,
        AUTT_SCHEDULES: join(folder, "kept"),
      });
    const tuned = await run("tune"), again = await run("tune");
    assert.deepEqual([tuned.code, again.code], [0, 0], tuned.stderr + again.stderr);
    assert.match(tuned.stdout, /^matmul\[M=.*ms.*\n(.*\n)*[1-9]\d* operations measured; /);
    const told = /^0 operations measured; .*: schedule ([0-9a-f]{8}), kept in (.*)\n$/;
    const [, fingerprint, place] = told.exec(again.stdout) ?? [];
    assert.equal(place, join(folder, "kept"), again.stdout);
    const text = ["--text", "a"] as const;
    const measured = await run("embed", ...text);
    const fixed = await run("embed", ...text, "--schedule", "default");
    assert.match(measured.stderr, new RegExp(`^adapter: .*, schedule ${fingerprint}$`, "m"));
    assert.match(fixed.stderr, /^adapter: (?!.*schedule)/m);
    const wrong = await run("embed", ...text, "--schedule", "best");
    assert.deepEqual(
      [wrong.code, wrong.stderr],
      [2, 'error: Cannot take schedule "best": wanted measured or default\n'],
    );
  });
});
