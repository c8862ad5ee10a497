import assert from "node:assert/strict";
import { join } from "node:path";
import { identityKept } from "../bench/dsfda/told_by_clip.ts";
import { resultsTable } from "../bench/dsfda/results_table.ts";
import { loadDsfda } from "../tta/dsfda/dsfda_file.ts";
import { runDeno } from "./fakes.ts";
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
    const kept = rows.find(([, name]) => name === "identity kept: real faces in pain")?.[2];
    assert.match(kept ?? "", /^\d+\.\d+ \(\d+\.\d+ to \d+\.\d+\)$/);
    assert.ok((await loadDsfda(join(folder, "dsfda.safetensors"))).prototypes);
    const png = await Deno.readFile(join(folder, "faces.png"));
    assert.deepEqual([...png.subarray(1, 4)], [...new TextEncoder().encode("PNG")]);
    // Seven faces of 64 pixels and their lines; two people, twice.
    const size = new DataView(png.buffer);
    assert.deepEqual([size.getUint32(16), size.getUint32(20)], [7 * 66 + 2, 4 * 66 + 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a face is kept if no other person's faces are nearer", () => {
  const at = (angle: number) => Float64Array.of(Math.cos(angle), Math.sin(angle));
  const people = [[at(0), at(0.2)], [at(1), at(1.2)]];
  assert.equal(identityKept([at(0.1), at(0.5), at(0.7), at(1.1)], 0, people), 0.5);
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
