import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomically } from "../io/files/write_atomically.ts";
import { WriteError } from "../io/files/writing.ts";
import { rejection, runDeno } from "./fakes.ts";
import { head, made, withModel } from "./infer_folder.ts";

/** What writes as a full disk does, the first bytes and then none, while the body runs. */
async function onFullDisk(body: () => Promise<void>, full: Error): Promise<void> {
  const { writeFile } = Deno;
  Deno.writeFile = async (path, data, options) => {
    if (data instanceof Uint8Array) await writeFile(path, data.subarray(0, 2), options);
    throw full;
  };
  try {
    await body();
  } finally {
    Deno.writeFile = writeFile;
  }
}

Deno.test("a full disk is told in a sentence, and the old file stays alone", async () => {
  const folder = await Deno.makeTempDir({ prefix: "autt-full-" }), path = join(folder, "o.json");
  const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name);
  try {
    await writeAtomically(path, "old");
    const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    await onFullDisk(async () => {
      const error = await rejection(writeAtomically(path, "the new one"));
      assert.ok(error instanceof WriteError);
      assert.equal(
        error.message,
        `Cannot write "${path}": the disk is full: make room and run the same command again`,
      );
      assert.equal(error.cause, full);
    }, full);
    await onFullDisk(async () => {
      const { message } = await rejection(writeAtomically(path, "the new one"));
      assert.equal(
        message,
        `Cannot write "${path}": permission denied: choose a folder that you may write`,
      );
    }, new Deno.errors.PermissionDenied("no"));
    assert.deepEqual(names(), ["o.json"]);
    assert.equal(await Deno.readTextFile(path), "old");
    const { message } = await rejection(writeAtomically(join(folder, "no/o.json"), "x"));
    assert.match(message, /^Cannot write ".*no.o\.json": .*: choose another folder$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("infer on a full disk ends with 1 and a sentence, of many videos at the first", async (t) => {
  await withModel(async (folder) => {
    await Deno.copyFile(join(folder, "v.mkv"), join(folder, "w.mkv"));
    const before = made(folder);
    const allow = ["--allow-read", "--allow-write", "--allow-env", "--allow-run=ffmpeg"];
    const infer = (...args: string[]) =>
      runDeno([
        ...["run", "--quiet", ...allow, "tests/infer_on_full_disk.ts", ...args],
        ...[...head, "--model", ".", "--no-face-crop", "--no-adapt", "--to", "0.4"],
      ], { INIT_CWD: folder });
    const full = /Cannot write ".*\.json": the disk is full: make room and run .* again\n$/;
    await t.step("one video", async () => {
      const { code, stderr } = await infer("v.mkv", "--json", "o.json");
      assert.equal(code, 1, stderr);
      assert.match(stderr, full);
      assert.deepEqual(made(folder), before);
    });
    await t.step("many videos", async () => {
      const { code, stdout, stderr } = await infer("v.mkv", "w.mkv", "--out", "out");
      assert.deepEqual([code, stdout], [1, ""], stderr);
      assert.match(stderr, full);
      assert.equal([...stderr.matchAll(/error: /g)].length, 1);
      assert.deepEqual([...Deno.readDirSync(join(folder, "out"))], []);
    });
  });
});
