import assert from "node:assert/strict";
import { join } from "node:path";
import { identitiesKept } from "../bench/dsfda/identities_kept.ts";
import { placeFaces } from "../bench/dsfda/place_faces.ts";
import { resultsTable } from "../bench/dsfda/results_table.ts";
import { loadDsfda } from "../tta/dsfda/dsfda_file.ts";
import { seeFaces } from "../tta/dsfda/view.ts";
import { runDeno } from "./fakes.ts";
import { smallSizes } from "./small_dsfda.ts";
import { wordsOf } from "./task_permissions.ts";

Deno.test("demo:dsfda trains, adapts, draws and compares", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stdout, stderr } = await runDeno([
      ...["run", "--quiet", "--no-prompt", ...wordsOf("demo:dsfda")],
      ...["--quick", "--out", folder],
    ]);
    assert.equal(code, 0, stderr);
    const rows = stdout.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    const names = rows.map(([, name = ""]) => name);
    for (
      const name of ["DSFDA, source-only", "DSFDA, personalised", "latent PFT"]
    ) assert.ok(names.includes(name), `${name} in ${names}`);
    const kept = rows.find(([, name]) =>
      name === "identity by CLIP, real faces in pain: own before another's"
    )?.[2];
    assert.match(kept ?? "", /^\d+\.\d+ \(\d+\.\d+ to \d+\.\d+\)$/);
    const { prototypes, view } = await loadDsfda(join(folder, "dsfda.safetensors"));
    assert.ok(prototypes);
    assert.equal(view, "close");
    const png = await Deno.readFile(join(folder, "faces.png"));
    assert.deepEqual([...png.subarray(1, 4)], [...new TextEncoder().encode("PNG")]);
    // Seven pictures of 48 pixels and their lines; three people's swaps and two of their own; all twice as large.
    const size = new DataView(png.buffer);
    assert.deepEqual([size.getUint32(16), size.getUint32(20)], [
      2 * (7 * 50 + 2),
      2 * (5 * 50 + 2),
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("identities are kept if faces are likest to their own person's, whatever their kind shares", () => {
  const resting = [[[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]]];
  const at = (people: number[][][]) =>
    people.map((faces) => faces.map((face) => Float64Array.from(face)));
  // What all faces of another kind have in common is like the first person.
  const other = [[[9, 1, 1], [8, 3, 1]], [[8, 2, 1], [8, 2, 1]], [[8, 1, 2], [8, 1, 2]]];
  const kept = identitiesKept(at(other), at(resting));
  assert.deepEqual(kept, [
    { pairs: 0.75, nearest: 0.5 }, // its second face is like the second person
    { pairs: 1, nearest: 1 },
    { pairs: 1, nearest: 1 },
  ]);
});

Deno.test("faces go back to their place in the colours that they had", () => {
  const { side } = smallSizes, wide = 48, labels = [0, 1], people = [0, 0];
  const pixels = Uint8Array.from(
    { length: 2 * wide * wide * 3 },
    (_, i) => 40 + i * 7 % 60 + i % 3 * 30,
  );
  const pictures = { side: wide, pixels, labels, people };
  const close = { side, pixels: seeFaces(pixels, side, "close"), labels, people };
  const placed = placeFaces(close, pictures);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / 3) % (wide * wide);
    const row = Math.floor(pixel / wide), column = pixel % wide;
    const inside = row >= 12 && row < 44 && column >= 8 && column < 40;
    const wanted = inside ? pixels[at] as number : 127;
    assert.ok(Math.abs((placed.pixels[at] as number) - wanted) <= 1, `${row}, ${column}`);
  }
});

Deno.test("the table compares with its first method, person by person", () => {
  const table = resultsTable({
    recalls: { ours: [50, 60], theirs: [60, 70] },
    figures: { change: [1, -1] },
    minutes: 3,
  });
  assert.match(table, /\| ours \| 55\.0 \(50\.0 to 60\.0\) \| {2}\|/);
  assert.match(table, /\| theirs \| 65\.0 \(60\.0 to 70\.0\) \| 10\.0 \(10\.0 to 10\.0\) \|/);
  assert.match(table, /\| change \| 0\.000 .* \| 1 of 2 \|/);
});

Deno.test({
  name: "bench:dsfda takes turns with a Python and shows both sides' losses",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const python = join(folder, "python");
      const losses = { G_total: 1, D_FR_total: 2, fc: 3 };
      const answer = JSON.stringify({ losses, wall: 2, core: 0.25, bytes: 7e6 });
      const script = `echo '{"version": "stand-in"}'; while read line; do echo '${answer}'; done`;
      await Deno.writeTextFile(python, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      const { code, stdout, stderr } = await runDeno([
        ...["run", "--quiet", "--no-prompt", ...wordsOf("bench:dsfda")],
        ...["--quick", "--rounds", "1", "--python", python],
      ]);
      assert.equal(code, 0, stderr);
      const [, ours = "", theirs = ""] = stdout.trimEnd().split("\n");
      assert.deepEqual(theirs.split(/ {2,}/), [
        ...["PyTorch stand-in", "2.00", "0.25", "7", "1.000000", "2.000000", "3.000000"],
      ]);
      const [, wall, , megabytes, , , fc] = ours.split(/ {2,}/).map(Number);
      assert.ok((wall ?? 0) > 0 && (megabytes ?? 0) > 0);
      // An untrained classifier of two classes.
      assert.ok(Math.abs((fc ?? NaN) - Math.LN2) < 0.1, ours);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
