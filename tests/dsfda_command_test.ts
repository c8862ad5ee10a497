import assert from "node:assert/strict";
import { join } from "node:path";
import { loadDsfda, saveDsfda } from "../tta/dsfda/dsfda_file.ts";
import { parametersOf } from "../tta/dsfda/dsfda.ts";
import { commandsIn, withFaces } from "./eval_folder.ts";
import { smallDsfda } from "./small_dsfda.ts";

Deno.test("DSFDA: adapted to a person's resting clips, used, compared, shown, deleted", async (t) => {
  await withFaces(async (folder) => {
    const run = commandsIn(folder);
    await saveDsfda(join(folder, "d.safetensors"), { ...smallDsfda(), view: "close" });
    const frames = ["--model", ".", "--no-face-crop", "--every", "1"];
    const enroll = (...args: string[]) =>
      run("enroll", "person-1/video-0", "person-1/video-2", "--subject", "sam", ...frames, ...args);
    const infer = (...args: string[]) =>
      run("infer", "person-1/video-3", ...frames, "--method", "dsfda", "--least", "0", ...args);
    const path = join(folder, "people/sam.dsfda.safetensors");

    await t.step("what is missing, or not DSFDA's: a sentence each", async () => {
      const alone = await infer();
      assert.equal(alone.code, 2);
      assert.match(alone.stderr, /Cannot decide by "dsfda" without its networks: name their file/);
      const unknown = await infer("--subject", "sam");
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /there is no .*sam\.dsfda\.safetensors: make it with/);
      const bare = await enroll("--method", "dsfda");
      assert.equal(bare.code, 2);
      assert.match(bare.stderr, /Cannot enroll by DSFDA without its networks: name the file/);
      const other = await infer("--head", "head.safetensors");
      assert.equal(other.code, 1);
      assert.match(
        other.stderr,
        /Cannot read DSFDA from .*no expression encoder with a classifier/,
      );
      const shown = await enroll("--show", "faces");
      assert.equal(shown.code, 2);
      assert.match(shown.stderr, /Cannot use --show without DSFDA: add --method dsfda/);
    });
    await t.step("where generated faces can't be shown, nothing is kept", async () => {
      const { code, stderr } = await enroll(
        ...["--method", "dsfda", "--dsfda", "d.safetensors", "--show", "labels.csv"],
      );
      assert.equal(code, 1, stderr);
      await assert.rejects(() => Deno.stat(path), Deno.errors.NotFound);
    });
    await t.step("infer --head decides by what the sources taught", async () => {
      const told = await infer("--head", "d.safetensors", "--json", "-");
      assert.equal(told.code, 0, told.stderr);
      const { method, after } = JSON.parse(told.stdout);
      assert.equal(method?.mode, "dsfda");
      assert.ok(["neutral", "pain"].includes(after?.class));
      assert.match(told.stderr, /\n {2}not adapted: neutral /);
      const plain = await infer("--head", "d.safetensors", "--no-adapt");
      assert.equal(plain.code, 2);
      assert.match(plain.stderr, /without adapting: leave out --no-adapt\n/);
    });
    await t.step("enroll --method dsfda keeps what decides, and pictures where asked", async () => {
      const { code, stdout, stderr } = await enroll(
        ...["--method", "dsfda", "--dsfda", "d.safetensors", "--show", "faces"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /sam is enrolled with 20 frames of 2 videos\n(.*\n)*DSFDA /);
      const own = await loadDsfda(path);
      assert.equal(own.prototypes, undefined);
      assert.equal(own.view, "close");
      assert.deepEqual(
        [...own.parameters.keys()],
        [...parametersOf(own.parameters, ["Gen.enc_ER.", "Gen.fc_ER."]).keys()],
      );
      const pictures = [...Deno.readDirSync(join(folder, "faces"))].map(({ name }) => name).sort();
      assert.deepEqual(pictures, [1, 2, 3, 4].map((n) => `generated-0${n}.png`));
      const again = await enroll("--method", "dsfda", "--dsfda", path);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /it is a person's own already, or has no generator/);
      const told = await infer("--subject", "sam", "--json", "-");
      assert.equal(told.code, 0, told.stderr);
      assert.match(told.stderr, /\n {2}adapted when they were enrolled: neutral /);
    });
    await t.step("eval --method dsfda", async () => {
      const { code, stdout, stderr } = await run(
        ...["eval", "--dataset", "plain", "--labels", "labels.csv", "--model", "."],
        ...["--no-face-crop", "--targets", "person-1", "--classes", "neutral,pain"],
        ...["--method", "dsfda", "--dsfda", "d.safetensors", "--rest-clips", "2"],
        ...["--rest-task", "rest", "--resamples", "10"],
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /dsfda/);
    });
    await t.step("shown, and deleted with everything else", async () => {
      const shown = await run("subject", "sam");
      assert.match(shown.stdout, /DSFDA for neutral and pain/);
      const gone = await run("subject", "sam", "--delete");
      assert.equal(gone.code, 0, gone.stderr);
      await assert.rejects(() => Deno.stat(path), Deno.errors.NotFound);
    });
  });
});
