import assert from "node:assert/strict";
import { type Device, openDevice, OutOfMemoryError, record, Rng, Weights } from "../engine/mod.ts";
import { add, matmul, packMatrix } from "../kernels/mod.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { fake, rejection } from "./fakes.ts";
import { FaultyGpu } from "./faulty_gpu.ts";

const numbers = (length: number, seed = 1) => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

/** Fails unless the action gives back all memory that it takes. */
async function leavesNothing(device: Device, action: () => Promise<void>): Promise<void> {
  const before = device.pool.bytesUsed;
  await action();
  assert.equal(device.pool.bytesUsed, before);
}

for (const design of Object.keys(designs) as (keyof typeof designs)[]) {
  gpuTest(`a plan keeps its weights after their disposal (${design})`, async () => {
    const device = await sharedDevice(design);
    await leavesNothing(device, async () => {
      const load = async (seed: number) => {
        const weights = new Weights(device);
        const w = await packMatrix(weights, "w", [24, 20], numbers(480, seed));
        return { weights, w, bias: weights.tensor("bias", [20], "f32", numbers(20, seed + 1)) };
      };
      const { weights, w, bias } = await load(1);
      using plan = await record(device, (r) => add(r, matmul(r, r.input("x", [4, 24]), w), bias));
      plan.write("x", numbers(96));
      plan.run();
      const wanted = await device.read(plan.outputs);
      weights[Symbol.dispose]();
      using _others = (await load(7)).weights; // of the same sizes
      plan.run();
      assert.deepEqual(await device.read(plan.outputs), wanted);
      await assert.rejects(record(device, (r) => fake(r, bias)), /"bias" has no memory/);
    });
  });
}

gpuTest("a plan keeps what it reads of a plan that was disposed", async () => {
  const device = await sharedDevice();
  await leavesNothing(device, async () => {
    const build = () => record(device, (r) => fake(r, r.input("x", [64])));
    const first = await build();
    first.write("x", new Float32Array(64).fill(1));
    first.run();
    using second = await record(device, (r) => {
      const kept = r.input("kept", [64]);
      r.assign(kept, first.outputs);
      return [fake(r, first.outputs, "x[i] * 10.0"), kept] as const;
    });
    first[Symbol.dispose]();
    using third = await build(); // of the same sizes
    third.write("x", new Float32Array(64).fill(50));
    third.run();
    second.run();
    const [times, kept] = await device.read(second.outputs);
    assert.deepEqual([times[63], kept[63]], [20, 2]);
  });
});

gpuTest("memory that plans share goes back when the last of them is disposed", async () => {
  const device = await sharedDevice();
  const { bytesUsed } = device.pool;
  const weights = new Weights(device);
  const w = weights.tensor("w", [2 ** 18], "f32", numbers(2 ** 18));
  const build = () => record(device, (r) => add(r, w, w));
  const plans = [await build(), await build()];
  weights[Symbol.dispose]();
  for (const plan of plans) {
    assert(device.pool.bytesUsed >= bytesUsed + 2 ** 20);
    plan[Symbol.dispose]();
    plan[Symbol.dispose]();
  }
  assert.equal(device.pool.bytesUsed, bytesUsed);
});

gpuTest("weights that are disposed while a plan is compiled are refused", async () => {
  const device = await sharedDevice();
  await leavesNothing(device, async () => {
    const weights = new Weights(device);
    const w = weights.tensor("w", [8], "f32", numbers(8));
    const pending = record(device, (r) => add(r, r.input("x", [8]), w));
    weights[Symbol.dispose]();
    await assert.rejects(pending, {
      name: "TypeError",
      message: "Cannot bind w: its owner was disposed while kernels were compiled",
    });
  });
});

gpuTest("weights of another device are refused", async () => {
  const device = await sharedDevice(), other = await sharedDevice("gpu");
  using weights = new Weights(other);
  const w = weights.tensor("w", [8], "f32", numbers(8));
  await leavesNothing(device, async () => {
    await assert.rejects(record(device, (r) => add(r, r.input("x", [8]), w)), {
      name: "TypeError",
      message: "Cannot use the memory of w: it was disposed of, or belongs to another device",
    });
  });
});

gpuTest("what is read back goes through the pool: counted, reused and trimmed", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [5 * 2 ** 16])));
  device.pool.trim();
  const { bytesAllocated, bytesUsed } = device.pool;
  const mib = 2 ** 20;
  for (let i = 0; i < 3; i++) {
    const reading = device.read(plan.outputs);
    await reading;
    assert.equal(device.pool.bytesUsed, bytesUsed);
    assert.equal(device.pool.bytesAllocated, bytesAllocated + 1.25 * mib);
  }
  device.pool.trim();
  assert.equal(device.pool.bytesAllocated, bytesAllocated);
});

Deno.test({
  name: "reading back keeps to the memory cap",
  sanitizeResources: false,
  async fn() {
    using device = await openDevice({ memoryCap: 3.5 * 2 ** 20 });
    using plan = await record(device, (r) => r.input("x", [2 ** 18]));
    const error = await rejection(device.read([plan.outputs, plan.outputs, plan.outputs]));
    assert(error instanceof OutOfMemoryError, `${error.name}: ${error.message}`);
    assert.match(
      error.message,
      /^Cannot allocate 1\.0 MiB for staging: 3\.0 MiB of the cap of 3\.5/,
    );
    assert.equal((await device.read([plan.outputs, plan.outputs])).length, 2);
  },
});

/** A device of the test's own, whose memory can be made to fail, with a little memory that idles. */
function faultyDevice(name: string, body: (device: Device, faults: FaultyGpu) => Promise<void>) {
  Deno.test({
    name,
    sanitizeResources: false,
    sanitizeOps: false,
    async fn() {
      using device = await openDevice();
      (await record(device, (r) => fake(r, r.input("x", [2 ** 16]))))[Symbol.dispose]();
      assert(device.pool.bytesIdle > 2 ** 18);
      await body(device, new FaultyGpu(device.gpu));
      await device.settled();
      assert.equal(device.pool.bytesUsed, 0);
    },
  });
}

faultyDevice(
  "a plan for which memory runs out gets the memory that idled",
  async (device, faults) => {
    for (let n = 1;; n++) {
      using _idle = device.pool.buffer(999_999, "idle");
      _idle[Symbol.dispose]();
      faults.arm("memory", n);
      using plan = await record(device, (r) => {
        const x = r.input("x", [12]);
        return add(r, fake(r, x), r.constant("c", [12], "f32", new Float32Array(12).fill(5)));
      });
      const came = faults.disarm();
      if (!came) break;
      assert.equal(device.pool.bytesIdle, 0, "what idled was given back");
      plan.write("x", new Float32Array(12).fill(n));
      plan.run();
      assert.deepEqual([...await device.read(plan.outputs)], Array(12).fill(n + 6));
    }
    faults.arm("memory", 1, true);
    const error = await rejection(record(device, (r) => fake(r, r.input("x", [77_777]))));
    assert(error instanceof OutOfMemoryError, `${error.name}: ${error.message}`);
    assert.match(error.message, /^The device is out of memory: made up/);
    faults.disarm();
  },
);

faultyDevice(
  "weights for which memory runs out get the memory that idled",
  async (device, faults) => {
    {
      using weights = new Weights(device);
      const data = numbers(24 * 20), copy = data.slice();
      faults.arm("memory", 1);
      const w = weights.tensor("w", [24 * 20], "f32", data);
      data.fill(NaN); // the caller's array is the caller's
      using plan = await record(device, (r) => fake(r, w, "x[i]"));
      assert(faults.disarm());
      plan.run();
      assert.deepEqual(await device.read(plan.outputs), copy);
    }
    for (const layout of ["panel", "tile"]) {
      if (layout === "panel" && device.adapter.lanes === 0) continue;
      using weights = new Weights(device);
      const multiply = async () => {
        const w = await packMatrix(weights, "w", [24, 20], numbers(480), { layout });
        using plan = await record(device, (r) => matmul(r, r.input("x", [4, 24]), w));
        plan.write("x", numbers(96, 2));
        plan.run();
        return await device.read(plan.outputs);
      };
      const wanted = await multiply();
      using _idle = device.pool.buffer(999_999, "idle");
      _idle[Symbol.dispose]();
      faults.arm("memory", 1);
      assert.deepEqual(await multiply(), wanted);
      assert(faults.disarm());
    }
  },
);

faultyDevice(
  "weights for which there is no memory are told at the next wait",
  async (device, faults) => {
    for (const more of [[true], []] as const) {
      using weights = new Weights(device);
      faults.arm("memory", 1, ...more);
      if (more.length === 0) device.pool.trim(); // nothing idles, so there is nothing to try with
      weights.empty("w", [100], "f32");
      const error = await rejection(device.settled());
      faults.disarm();
      assert(error instanceof OutOfMemoryError, `${error.name}: ${error.message}`);
      await device.settled();
    }
  },
);
