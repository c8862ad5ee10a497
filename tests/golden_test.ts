import assert from "node:assert/strict";
import { compareSet } from "../golden/compare_set.ts";
import { GoldenSet } from "../golden/golden_set.ts";
import { checkRecipe, type Recipe, recipeFile } from "../golden/recipe.ts";
import { exact, GoldenReport } from "../golden/report.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const folder = new URL("./golden/clip_autt", import.meta.url).pathname;

/** A report and what it prints, without colours. */
function report(quiet = false): { report: GoldenReport; lines: string[] } {
  const lines: string[] = [];
  // deno-lint-ignore no-control-regex
  const plain = (line: string) => lines.push(line.replace(/\x1b\[\d+m/g, ""));
  return { report: new GoldenReport(plain, quiet), lines };
}

for (const design of ["chosen", "gpu"] as const) {
  gpuTest(`the small model equals the original's golden numbers (${design} kernels)`, async () => {
    const { report: all, lines } = report();
    await compareSet(await sharedDevice(design), new GoldenSet(folder), all);
    all.close();
    assert.equal(all.failed, 0, lines.filter((line) => !line.startsWith("ok")).join("\n"));
    // Every row that this version can compute is there, and none is passed over in silence.
    for (
      const row of [
        "image.f0.ln_pre",
        "image.f0.block1",
        "image.feat",
        "text.au0.ln_final",
        "text.base_au.feat",
        "text.class.feat",
        "source_cls.logits",
        "autt.grad_ctx",
        "autt_rebuild10.start",
        "autt_keep10.ctx",
        "autt_n8.grad_ctx",
        "fixed.ctx_after_clip0",
        "train.step3.temporal.bias",
      ]
    ) {
      assert.ok(lines.some((line) => line.startsWith(`ok    tiny: ${row}  `)), row);
    }
    assert.ok(
      lines.some((line) => /^left {2}.*no vocabulary \(tiny\): .*text.base_au.ids/.test(line)),
    );
    assert.ok(!lines.some((line) => line.includes("not in this version")), lines.join("\n"));
    assert.match(lines.at(-1) ?? "", /^golden: 186 compared, 0 failed$/);
  });
}

gpuTest(
  "a part of a set that is broken or incomplete fails, and the others are compared",
  async () => {
    const broken = await Deno.makeTempDir();
    try {
      for (const file of ["tiny_golden.safetensors", "misc.json"]) {
        await Deno.copyFile(`${folder}/${file}`, `${broken}/${file}`);
      }
      await Deno.writeTextFile(`${broken}/tokenizer.json`, "{}");
      await Deno.writeFile(`${broken}/preprocess.safetensors`, new Uint8Array(20));
      const { report: some, lines } = report();
      await compareSet(await sharedDevice(), new GoldenSet(broken), some);
      some.close();
      const failed = lines.filter((line) => line.startsWith("FAIL")).map((line) =>
        line.split(/ +/)[1]
      );
      assert.deepEqual(
        failed,
        ["tokenizer:", "tokenizer.json", "preprocess.safetensors", "tiny_golden.safetensors"]
          .filter((name) => failed.includes(name)),
      );
      assert.ok(
        failed.includes("preprocess.safetensors") && failed.includes("tiny_golden.safetensors"),
      );
      assert.ok(lines.some((line) => line.startsWith("ok    misc: gelu_erf")));
      assert.match(lines.at(-1) ?? "", /^golden: \d+ compared, \d failed$/);
    } finally {
      await Deno.remove(broken, { recursive: true });
    }
  },
);

Deno.test("a report names the first row that diverges, and how far", () => {
  const { report: some, lines } = report();
  const tolerance = { relative: 1e-3, absolute: 1e-2 };
  some.compare("a", [1, 2], [1, 2.0001], tolerance);
  some.compare("b", [1, 2], [1, 3], tolerance);
  some.compare("c", [1], [1, 2], tolerance);
  some.compare("d", [NaN, 1], [1, 1], tolerance);
  some.compare("e", [NaN], [NaN], tolerance);
  some.compare("f", [1, 2], [1, 2], exact);
  some.compare("g", [1, 2], [1, 3], exact);
  some.equal("h", { a: [1] }, { a: [1] });
  some.equal("i", "x", "y");
  // Within the norm, but one number is out on its own.
  some.compare("j", [0.02, 1000], [0, 1000], tolerance);
  some.close();
  const failed = lines.filter((line) => line.startsWith("FAIL")).map((line) => line[6]);
  assert.deepEqual(failed, ["b", "c", "d", "g", "i", "j"]);
  assert.equal(some.failed, 6);
  assert.deepEqual(lines.slice(-2), ["first divergent: b", "golden: 10 compared, 6 failed"]);
  assert.match(lines[6] ?? "", /^FAIL {2}g {2}got 2 at 1: wanted 3$/);
});

Deno.test("a quiet report says what failed and what was left out", () => {
  const { report: some, lines } = report(true);
  some.equal("a", 1, 1);
  some.equal("b", 1, 2);
  some.leaveOut(["c", "d"], "no vocabulary");
  some.leaveOut([], "nothing");
  some.close();
  assert.deepEqual(lines, [
    "FAIL  b  got 1: wanted 2",
    "left  2 rows, no vocabulary: c, d",
    "first divergent: b",
    "golden: 2 compared, 1 failed",
  ]);
});

/** A recipe whose sums were made by the code that the format comes with. */
const recipe: Recipe = {
  seed: 7,
  tensors: {
    "clip.logit_scale": { shape: [], scale: 0, offset: 4.605170249938965, crc32: "64163bbe" },
    "clip.visual.class_embedding": { shape: [768], scale: 0.0625, offset: 0, crc32: "b095f509" },
    "clip.positional_embedding": { shape: [77, 512], scale: 0.03125, offset: 0, crc32: "1a1fc601" },
  },
  inputs: { frames_u8: { crc32: "0caa815d" } },
};

Deno.test("weights and frames by a recipe have its sums", () => {
  const { report: right } = report();
  checkRecipe(recipe, right);
  assert.equal(right.failed, 0);
  const { report: wrong, lines } = report();
  checkRecipe({ ...recipe, seed: 8 }, wrong);
  assert.equal(wrong.failed, 2);
  assert.match(
    lines[0] ?? "",
    /got \["clip.visual.class_embedding","clip.positional_embedding"\]: wanted \[\]/,
  );
});

Deno.test("some rows of a recipe's tensor are those of the whole", async () => {
  const file = recipeFile(recipe, "recipe");
  const whole = await file.read("clip.positional_embedding");
  const rows = await file.read("clip.positional_embedding", { first: 5, count: 2 });
  assert.deepEqual(rows, whole.slice(5 * 2048, 7 * 2048));
});
