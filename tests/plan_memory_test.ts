import assert from "node:assert/strict";
import {
  type AnyTensor,
  type Device,
  OutOfMemoryError,
  record,
  Recorder,
  Rng,
} from "../engine/mod.ts";
import { layerNorm, matmul } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { deviceWith, fake, type fakeOp } from "./fakes.ts";

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

gpuTest("a disposed plan refuses to be used, and disposing of it again is harmless", async () => {
  const device = await sharedDevice();
  const plan = await record(device, (r) => fake(r, r.input("x", [4])));
  const { outputs } = plan;
  plan[Symbol.dispose]();
  plan[Symbol.dispose]();
  const refusal = (action: string) => ({
    name: "TypeError",
    message: `Cannot ${action} the plan: it was disposed`,
  });
  assert.throws(() => plan.run(), refusal("run"));
  assert.throws(() => plan.runSteps(0, 1), refusal("run"));
  assert.throws(() => plan.write("x", new Float32Array(4)), refusal("write"));
  await assert.rejects(device.read(outputs), {
    name: "TypeError",
    message: 'Cannot read "fake[N=4]": it has no memory of its own: return it from the recorded ' +
      "function, and read it before its plan is disposed",
  });
});

gpuTest("a read that is refused takes no staging memory", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [1000])));
  await device.read(plan.outputs);
  const inner = new Recorder().input("inner", [4]);
  let made = 0;
  const { gpu } = device, create = gpu.createBuffer;
  Object.defineProperty(gpu, "createBuffer", {
    configurable: true,
    value: (descriptor: GPUBufferDescriptor) => {
      made++;
      return create.call(gpu, descriptor);
    },
  });
  try {
    for (let i = 0; i < 3; i++) {
      await assert.rejects(device.read([plan.outputs, inner]), /Cannot read "inner"/);
    }
    await device.read(plan.outputs);
  } finally {
    Reflect.deleteProperty(gpu, "createBuffer");
  }
  assert.equal(made, 0);
});

gpuTest("disposing of a plan gives all its memory back", async () => {
  const device = await sharedDevice();
  await leavesNothing(device, async () => {
    using plan = await record(device, (r) => {
      const x = r.input("x", [9, 12]);
      const normal = layerNorm(r, x, r.input("scale", [12]), r.input("shift", [12]));
      return matmul(r, normal, r.constant("w", [12, 7], "f32", numbers(84)));
    });
    plan.run();
    await device.read(plan.outputs);
    assert(device.pool.bytesUsed > 0);
  });
});

gpuTest("record() that fails half way gives all its memory back", async () => {
  const device = await sharedDevice();
  await leavesNothing(device, async () => {
    await assert.rejects(
      record(device, (r) => fake(r, fake(r, r.input("x", [4])), "no_such_thing")),
      /Cannot compile fake.wgsl/,
    );
  });
  await leavesNothing(device, async () => {
    // The tables are uploaded and the first buffers taken when the fourth is refused.
    const { pool } = device;
    let left = 3;
    const stingy = deviceWith(device, {
      pool: {
        texture: pool.texture.bind(pool),
        buffer: (bytes: number, label: string) => {
          if (left-- === 0) throw new OutOfMemoryError(`no memory for ${label}`, bytes);
          return pool.buffer(bytes, label);
        },
      },
    });
    await assert.rejects(
      record(stingy, (r) => fake(r, fake(r, fake(r, r.input("x", [4]))))),
      OutOfMemoryError,
    );
    assert.equal(left, -1);
  });
});

gpuTest("record() refuses an operation without dispatches or with wrong bindings", async () => {
  const device = await sharedDevice();
  const build = (more: Parameters<typeof fakeOp>[1], expression = "x[i]") =>
    record(device, (r) => fake(r, r.input("x", [4]), expression, more));
  await assert.rejects(build({ lower: () => {} }), {
    message: "Cannot run fake[N=4]: it has no dispatch",
  });
  const dispatching = (change: object) =>
    build({
      lower: ({ inputs: { x }, outputs: [y], dispatch }) =>
        dispatch({
          shader: {
            name: "test.wgsl",
            source: `struct Params { n: u32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
override SIZE: u32;
@compute @workgroup_size(SIZE)
fn main() { y[0] = x[params.n]; }`,
          },
          params: { n: 0 },
          constants: { SIZE: 1 },
          bindings: { x, y },
          workgroups: [1],
          ...change,
        }),
    });
  const x: AnyTensor = { kind: "tensor", label: "x", shape: [4], dtype: "f32" };
  const refusals: [object, string][] = [
    [
      { bindings: { x } },
      'Cannot run fake[N=4]: test.wgsl wants a buffer for "y": got nothing',
    ],
    [{ bindings: { x, y: x, z: x } }, 'Cannot run fake[N=4]: test.wgsl has no binding "z"'],
    [{ params: {} }, 'Cannot run fake[N=4]: test.wgsl wants parameter "n"'],
    [{ params: { n: 0, m: 1 } }, 'Cannot run fake[N=4]: test.wgsl has no parameter "m"'],
    [{ constants: { SIZE: 1, MORE: 2 } }, "Cannot build test.wgsl: it has no override MORE"],
    [{ constants: {} }, 'Cannot evaluate size "SIZE": SIZE is not known'],
  ];
  for (const [change, message] of refusals) {
    await assert.rejects(dispatching(change), { name: "TypeError", message });
  }
  using _plan = await dispatching({});
});
