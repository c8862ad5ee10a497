import assert from "node:assert/strict";
import { join } from "node:path";
import { loadLatentPft } from "../tta/pft/latent_pft_file.ts";
import { commandsIn, withFaces } from "./eval_folder.ts";

Deno.test("latent PFT: trained, adapted to a person's resting clips, used, shown, deleted", async (t) => {
  await withFaces(async (folder) => {
    const run = commandsIn(folder);
    const frames = ["--model", ".", "--no-face-crop", "--every", "1"];
    const enroll = (...args: string[]) =>
      run("enroll", "person-1/video-0", "person-1/video-2", "--subject", "sam", ...frames, ...args);
    const infer = (...args: string[]) =>
      run("infer", "person-1/video-3", ...frames, "--method", "pft", "--least", "0", ...args);
    const path = join(folder, "people/sam.pft.safetensors");

    await t.step("nobody is enrolled, and there is no translator: a sentence each", async () => {
      const alone = await infer();
      assert.equal(alone.code, 2);
      assert.match(
        alone.stderr,
        /Cannot decide by "pft" on somebody who is not enrolled: name a person/,
      );
      const unknown = await infer("--subject", "sam");
      assert.equal(unknown.code, 2);
      assert.match(
        unknown.stderr,
        /on sam: no translator is adapted to them: do so with `\.\/autt enroll/,
      );
      const bare = await enroll("--method", "pft");
      assert.equal(bare.code, 2);
      assert.match(bare.stderr, /Cannot enroll by latent PFT without a translator: train one/);
      const other = await enroll("--method", "pft", "--translator", "head.safetensors");
      assert.equal(other.code, 1);
      assert.match(other.stderr, /Cannot read the translator .*it is none: make one with/);
      const wrong = await enroll("--method", "paper");
      assert.match(wrong.stderr, /only pft and dsfda learn more than the resting face/);
    });
    await t.step("train --translator", async () => {
      const { code, stderr } = await run(
        ...["train", "labels.csv", "--model", ".", "--no-face-crop", "--epochs", "1"],
        ...["--out", "h.safetensors", "--translator", "t.safetensors"],
      );
      assert.equal(code, 0, stderr);
      const learnt = await loadLatentPft(join(folder, "t.safetensors"));
      assert.ok(learnt.probes, "it keeps probes of the sources for the guard");
    });
    await t.step("enroll --method pft, infer --method pft", async () => {
      const { code, stdout, stderr } = await enroll(
        "--method",
        "pft",
        "--translator",
        "t.safetensors",
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /sam is enrolled with 20 frames of 2 videos\n(.*\n)*latent PFT /);
      assert.equal(
        (await loadLatentPft(path)).probes,
        undefined,
        "nothing of other people is kept",
      );
      const told = await infer("--subject", "sam", "--json", "-");
      assert.equal(told.code, 0, told.stderr);
      const { method, after } = JSON.parse(told.stdout) as {
        readonly method?: { readonly mode?: string };
        readonly after?: { readonly class?: string };
      };
      assert.equal(method?.mode, "pft");
      assert.ok(["neutral", "class 1"].includes(after?.class ?? ""), after?.class);
    });
    await t.step("shown, and deleted with everything else", async () => {
      const shown = await run("subject", "sam");
      assert.match(shown.stdout, /latent PFT for neutral and .*, adapted at/);
      const gone = await run("subject", "sam", "--delete");
      assert.equal(gone.code, 0, gone.stderr);
      await assert.rejects(() => Deno.stat(path), Deno.errors.NotFound);
    });
  });
});
