import assert from "node:assert/strict";
import { join } from "node:path";
import { loadClip } from "../model/clip/load_clip.ts";
import { loadHead, saveHead } from "../model/clip_au/load_head.ts";
import { sharedDevice } from "./devices.ts";
import { head, infer, withModel } from "./infer_folder.ts";

Deno.test("--precision f16 decides nearly alike, is told, and does not go on with what f32 learnt", async () => {
  await withModel(async (folder) => {
    using clip = await loadClip(await sharedDevice(), folder);
    const path = join(folder, "head.safetensors");
    await saveHead(path, { ...await loadHead(path), clip: await clip.identity() });
    const common = ["v.mkv", ...head, "--no-face-crop", "--least", "0.1", "--to", "1"];
    const json = async (name: string) =>
      JSON.parse(await Deno.readTextFile(join(folder, `${name}.json`)));
    const full = await infer(folder, ...common, "--subject", "anna", "--json", "full.json");
    assert.equal(full.code, 0, full.stderr);
    assert.doesNotMatch(full.stderr, /rounded/);
    const half = await infer(
      folder,
      ...[...common, "--precision", "f16", "--json", "half.json", "--report", "half.html"],
    );
    assert.equal(half.code, 0, half.stderr);
    assert.match(
      half.stderr,
      /^CLIP's weights are rounded to halves here \(--precision\), and were not for the head: /m,
    );
    assert.match(half.stdout, / with weights as f16, head\.safetensors, /);
    const page = await Deno.readTextFile(join(folder, "half.html"));
    assert.match(page, /CLIP ViT [^<]*, weights as f16/);
    const [a, b] = [await json("full"), await json("half")];
    assert.deepEqual(a.model.clip, await clip.identity());
    assert.deepEqual(b.model.clip, { ...a.model.clip, precision: "f16", rounded: true });
    const [p, q] = [a, b].map(({ before }) => before.probabilities.neutral);
    assert.ok(
      Math.abs(p - q) < 0.01 && a.windows[0].entropy_before !== b.windows[0].entropy_before,
    );

    const onward = await infer(folder, ...common, "--subject", "anna", "--precision", "f16");
    assert.equal(onward.code, 1);
    assert.match(
      onward.stderr,
      /^error: Cannot go on with this subject: it was made with weights as they/m,
    );
    const strange = await infer(folder, ...common, "--precision", "f8");
    assert.equal(strange.code, 2);
    assert.equal(
      strange.stderr,
      "error: Cannot keep weights with --precision f8: wanted f32 or f16\n",
    );
  });
});
