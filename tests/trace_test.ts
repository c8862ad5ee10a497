import assert from "node:assert/strict";
import { record, trace } from "../engine/mod.ts";
import { add, layerNorm, matmul } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { deviceWith, fake, rejection, throughTexels } from "./fakes.ts";

gpuTest("trace() has a row for each step: label, shader, seconds and cost", async () => {
  const device = await sharedDevice();
  if (!device.adapter.timestamps) return console.log("left out: the adapter has no timestamps");
  using plan = await record(device, (r) => {
    const x = r.input("x", [33, 40]);
    const normal = layerNorm(r, x, r.input("scale", [40]), r.input("shift", [40]));
    return add(r, matmul(r, normal, r.input("w", [40, 24])), r.input("bias", [24]));
  });
  plan.run();
  const before = await device.read(plan.outputs);
  const rows = await trace(device, plan);
  assert.deepEqual(
    rows.map(({ label, shader, cost }) => ({ label, shader, cost })),
    plan.steps.map(({ label, program, cost }) => ({ label, shader: program.name, cost })),
  );
  for (const { label, seconds } of rows) {
    assert(seconds >= 0 && seconds < 60, `${label} took ${seconds} s`);
  }
  assert(rows.some(({ seconds }) => seconds > 0), "no step took any time");
  // The whole cost of an operation stands on its last step.
  const flops = rows.reduce((sum, { cost }) => sum + cost.flops, 0);
  assert.equal(flops, 8 * 33 * 40 + 2 * 33 * 40 * 24 + 33 * 24);
  assert.deepEqual(await device.read(plan.outputs), before);
});

gpuTest("trace() computes what run() computes", async () => {
  const device = await sharedDevice();
  if (!device.adapter.timestamps) return console.log("left out: the adapter has no timestamps");
  using plan = await record(device, (r) => fake(r, fake(r, r.input("x", [4]))));
  plan.write("x", Float32Array.of(1, 2, 3, 4));
  await trace(device, plan);
  assert.deepEqual([...await device.read(plan.outputs)], [3, 4, 5, 6]);
});

gpuTest("trace() copies texels as run() does", async () => {
  const device = await sharedDevice();
  if (!device.adapter.timestamps) return console.log("left out: the adapter has no timestamps");
  using plan = await record(
    device,
    (r) => r.apply(throughTexels, { x: fake(r, r.input("x", [4])) }, {})[0],
  );
  for (let run = 0; run < 2; run++) {
    plan.write("x", new Float32Array(4).fill(run));
    await trace(device, plan);
    assert.deepEqual([...await device.read(plan.outputs)], Array(4).fill(run + 1));
  }
});

gpuTest("trace() of a plan without steps has no rows", async () => {
  const device = await sharedDevice();
  if (!device.adapter.timestamps) return console.log("left out: the adapter has no timestamps");
  using plan = await record(device, (r) => r.input("x", [4]));
  assert.deepEqual(await trace(device, plan), []);
});

gpuTest("trace() says that an adapter has no timestamps", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [4])));
  const without = deviceWith(device, { adapter: { timestamps: false, name: "Old Adapter" } });
  const error = await rejection(trace(without, plan));
  assert.equal(error.name, "TypeError");
  assert.equal(
    error.message,
    "Cannot trace: the adapter Old Adapter has no timestamps (timestamp-query)",
  );
});

gpuTest("trace() refuses a disposed plan, whose memory others may hold", async () => {
  const device = await sharedDevice();
  if (!device.adapter.timestamps) return console.log("left out: the adapter has no timestamps");
  const plan = await record(device, (r) => fake(r, r.input("x", [4])));
  plan[Symbol.dispose]();
  assert.equal(
    (await rejection(trace(device, plan))).message,
    "Cannot trace the plan: it was disposed",
  );
});
