import assert from "node:assert/strict";
import { join } from "node:path";
import { head, infer, made, withModel } from "./infer_folder.ts";
import { runDeno } from "./fakes.ts";

/** What `infer` must leave as it is. */
async function unchanged(path: string, body: () => Promise<void>) {
  const before = await Deno.readFile(path);
  await body();
  assert.deepEqual(await Deno.readFile(path), before);
}

Deno.test("infer replaces nothing that it reads, by whatever path or link", async (t) => {
  await withModel(async (folder) => {
    const refuse = (name: string, wanted: RegExp, ...args: string[]) =>
      t.step(name, () =>
        unchanged(join(folder, "v.mkv"), async () => {
          const { code, stderr } = await infer(folder, ...args);
          assert.equal(code, 2, stderr);
          assert.match(stderr, wanted);
        }));
    await Deno.symlink("v.mkv", join(folder, "link.mkv"));
    await Deno.link(join(folder, "v.mkv"), join(folder, "hard.mkv"));
    await Deno.symlink(".", join(folder, "same"));
    const few = [...head, "--no-face-crop", "--to", "0.4", "--least", "0"];
    const replaced = /Cannot write --video to ".*": it would replace ".*v\.mkv", which is read/;
    await refuse("itself", replaced, "v.mkv", ...few, "--video", "v.mkv");
    await refuse("by another path", replaced, "v.mkv", ...few, "--video", "same/../v.mkv");
    await refuse("through a folder's link", replaced, "v.mkv", ...few, "--video", "same/v.mkv");
    await refuse("through a link", replaced, "v.mkv", ...few, "--video", "link.mkv");
    await refuse("by another name", replaced, "v.mkv", ...few, "--video", "hard.mkv");
    await refuse(
      "the head",
      /Cannot write --json to ".*": it would replace ".*head\.safetensors"/,
      ...["v.mkv", ...few, "--json", "head.safetensors"],
    );
    await refuse(
      "the person",
      /Cannot write --csv to ".*": it would replace ".*anna\.safetensors"/,
      ...["v.mkv", ...few, "--subject", "anna.safetensors", "--csv", "anna.safetensors"],
    );
    await refuse(
      "the model",
      /Cannot write --json to ".*": it would replace ".*model\.safetensors"/,
      ...["v.mkv", ...few, "--json", "model.safetensors"],
    );
    await refuse(
      "two outputs of one name",
      /Cannot write --csv and --json both to ".*o": name another file/,
      ...["v.mkv", ...few, "--json", "o", "--csv", "same/o"],
    );
    await t.step("one of many", async () => {
      await Deno.mkdir(join(folder, "in"));
      const inputs = ["a.mkv", "a.mkv.json"].map((name) => join(folder, "in", name));
      for (const path of inputs) await Deno.copyFile(join(folder, "v.mkv"), path);
      await unchanged(inputs[1] ?? "", async () => {
        const { code, stderr } = await infer(
          folder,
          "in",
          ...inputs.slice(1),
          ...few,
          "--out",
          "in",
        );
        assert.equal(code, 2, stderr);
        assert.match(stderr, /it would replace ".*a\.mkv\.json"/);
      });
    });
    await t.step("a picture of a folder of them", async () => {
      await Deno.mkdir(join(folder, "frames"));
      const path = join(folder, "frames/1.png");
      await Deno.writeTextFile(path, "a picture");
      await unchanged(path, async () => {
        const { code, stderr } = await infer(folder, "frames", ...few, "--report", "frames/1.png");
        assert.equal(code, 2, stderr);
        assert.match(stderr, /it would replace ".*frames", which is read/);
      });
    });
  });
});

Deno.test("the demo replaces no video, and nothing is learnt of a person from it", async () => {
  await withModel(async (folder) => {
    const demo = (...args: string[]) =>
      runDeno(
        [
          "run",
          "--quiet",
          "--allow-read",
          "--allow-write",
          "--allow-env",
          "main.ts",
          "infer",
          ...args,
        ],
        { INIT_CWD: folder, AUTT_SUBJECTS: join(folder, "people") },
      );
    await unchanged(join(folder, "v.mkv"), async () => {
      const { code, stderr } = await demo("--video", "v.mkv");
      assert.equal(code, 2, stderr);
      assert.match(
        stderr,
        /"v\.mkv": it is there already, and no video to read is named: name one/,
      );
    });
    const { code, stderr } = await demo("--subject", "anna");
    assert.equal(code, 2, stderr);
    assert.match(stderr, /Cannot learn of anna from the demo's drawn face: name a video of theirs/);
    assert.deepEqual(made(folder), []);
  });
});

Deno.test("what was learnt of a person is kept with an answer, and not without one", async () => {
  await withModel(async (folder) => {
    const read = (least: string) =>
      infer(
        folder,
        ...[
          "v.mkv",
          ...head,
          "--no-face-crop",
          "--to",
          "0.4",
          "--subject",
          "anna",
          "--least",
          least,
        ],
      );
    const path = join(folder, "people/anna.safetensors");
    const uncertain = await read("1");
    assert.equal(uncertain.code, 3, uncertain.stderr);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
    const certain = await read("0");
    assert.equal(certain.code, 0, certain.stderr);
    await unchanged(path, async () => {
      const again = await read("1");
      assert.equal(again.code, 3, again.stderr);
    });
  });
});
