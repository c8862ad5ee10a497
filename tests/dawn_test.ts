import assert from "node:assert/strict";
import { dawnTest, runOnDawn } from "./dawn/child.ts";
import { type DemoNumbers, demoNumbers } from "./dawn/demo_numbers.ts";
import { sharedDevice } from "./devices.ts";
import { shaderVariants } from "../engine/mod.ts";
import { shaders } from "./variants.ts";

dawnTest(
  "Tint compiles every variant of every shader, and finds control flow uniform",
  async () => {
    const findings = await runOnDawn("variants");
    assert.deepEqual(findings.filter(({ error }) => error), []);
    assert.equal(findings.length, shaders.flatMap(({ shader }) => shaderVariants(shader)).length);
  },
);

for (const design of ["chosen", "gpu"]) {
  dawnTest(
    `small cases of every kernel pass on Dawn and SwiftShader (${design} kernels)`,
    async () => {
      const findings = await runOnDawn("cases", design);
      assert.deepEqual(findings.filter(({ error }) => error), []);
      assert.ok(findings.length > 500, `${findings.length} cases`);
    },
  );
}

/** The largest difference, by the length of what was wanted over the root of its numbers. */
function distance(got: readonly number[], wanted: readonly number[]): number {
  assert.equal(got.length, wanted.length);
  const rms = Math.hypot(...wanted) / Math.sqrt(wanted.length);
  return Math.max(...got.map((value, i) => Math.abs(value - (wanted[i] ?? NaN)))) / rms;
}

dawnTest("the demo's CLIP, a decision and a step of tuning agree with Deno's own", async () => {
  const [finding] = await runOnDawn("demo");
  const got = finding?.["numbers"] as DemoNumbers;
  const wanted = await demoNumbers(await sharedDevice());
  assert.equal(got.fingerprint, wanted.fingerprint);
  for (const one of [got, wanted]) assert.deepEqual(one.halves, one.images);
  // Features pass some 100 roundings a layer: 1e-5 is 170 of them.
  assert.ok(distance(got.images, wanted.images) < 1e-5);
  assert.ok(distance(got.texts, wanted.texts) < 1e-5);
  assert.ok(distance(got.probabilities, wanted.probabilities) < 1e-5);
  assert.ok(distance(got.loss, wanted.loss) < 1e-4);
  assert.ok(Math.abs(got.moved / wanted.moved - 1) < 1e-3, `${got.moved}: wanted ${wanted.moved}`);
});
