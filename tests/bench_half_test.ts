import assert from "node:assert/strict";
import { compareDecisions, part } from "../bench/half_weights/decisions.ts";
import { dithered } from "../bench/half_weights/dithered_model.ts";
import { Rng } from "../engine/mod.ts";
import { runDeno } from "./fakes.ts";
import { wordsOf } from "./task_permissions.ts";

Deno.test("a weight that is drawn anew rounds to what it was, from both sides and up to the edge", () => {
  const rng = new Rng(5);
  const edges = [0, -0, 1, -1, 2 ** -14, -(2 ** -14), 2 ** -24, 2 ** -15, 0.5, 1.9990234375, 32768];
  const random = Array.from({ length: 2000 }, () => Math.f16round(rng.normal() / 30));
  for (const half of [...edges, ...random]) {
    for (const draw of [0, 0.25, 0.5, 0.75, 1]) {
      const drawn = dithered(half, draw);
      assert.equal(Math.f16round(drawn) + 0, half + 0, `${half} became ${drawn}`);
      assert.equal(drawn === half, draw === 0.5, `${half} stayed`);
    }
  }
  // Nearly half of the way to the next one.
  assert.ok(Math.abs(dithered(1, 1) - 1) > 0.99 * 2 ** -11);
});

Deno.test("decisions are compared one by one, and three neutral clips are set aside", () => {
  assert.deepEqual(compareDecisions([0.1, 0.6, 0.9], [0.2, 0.4, 0.9], [0, 1, 0]), {
    ...{ clips: 3, right: { exact: 2, half: 1 }, changed: 1 },
    most: 0.6 - 0.4,
  });
  const clips = Array.from({ length: 9 }, (_, i) => Float32Array.of(i));
  const { clips: decided, resting, labels } = part(clips);
  assert.deepEqual(resting.map(([i]) => i), [0, 2, 4]);
  assert.deepEqual(decided.map(([i]) => i), [1, 3, 5, 6, 7, 8]);
  assert.deepEqual(labels, [1, 1, 1, 0, 1, 0]);
});

Deno.test("bench:half compares models with themselves, rounded", async () => {
  const { code, stdout, stderr } = await runDeno([
    ...["run", "--quiet", "--no-prompt", ...wordsOf("bench:half")],
    ...["--models", "1", "--faces", "20", "--people", "1", "--clips", "7"],
  ]);
  assert.equal(code, 0, stderr);
  const nmse = Number(/^features: NMSE (\S+) at most$/m.exec(stdout)?.[1]);
  assert.ok(nmse > 1e-10 && nmse < 1e-5, stdout);
  for (const name of ["clip-au", "enrolled", "enrolled, by what float32 saw", "paper", "subject"]) {
    assert.match(
      stdout,
      new RegExp(`^\\| ${name} \\| 4 \\| [0-4] \\| [0-4] \\| [0-4] \\| 0\\.\\d{4} \\|$`, "m"),
    );
  }
});
