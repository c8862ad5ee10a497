import assert from "node:assert/strict";
import {
  type Device,
  DeviceLostError,
  KernelError,
  openDevice,
  OutOfMemoryError,
  type Plan,
  record,
  trace,
  Weights,
} from "../engine/mod.ts";
import { compare } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { fake, fakeReferences, fakeSource, rejection } from "./fakes.ts";

/** A device of the test's own with a plan on it; nothing of it is left behind. */
function ownDevice(name: string, body: (device: Device, plan: Plan) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeResources: false,
    sanitizeOps: false,
    async fn() {
      using device = await openDevice();
      const plan = await record(device, (r) => fake(r, r.input("x", [4])));
      await body(device, plan);
    },
  });
}

/** Lets the events of the device come in. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

Deno.test({
  name: "a device opens, runs and closes twenty times in a row",
  sanitizeResources: false,
  async fn() {
    for (let i = 0; i < 20; i++) {
      using device = await openDevice();
      using plan = await record(device, (r) => fake(r, r.input("x", [4])));
      plan.write("x", new Float32Array(4).fill(i));
      plan.run();
      assert.deepEqual([...await device.read(plan.outputs)], Array(4).fill(i + 1));
    }
  },
});

ownDevice(
  "closing a device twice is harmless, and reading from it afterwards is refused",
  async (device, plan) => {
    device[Symbol.dispose]();
    device[Symbol.dispose]();
    assert((await rejection(device.read(plan.outputs as never))) instanceof DeviceLostError);
  },
);

for (const moment of ["at once", "later"] as const) {
  ownDevice(
    `a lost device refuses everything with a DeviceLostError (${moment})`,
    async (device, plan) => {
      plan.run();
      await device.settled();
      device.gpu.destroy();
      if (moment === "later") await nextTask();
      // Reading comes first: where it is asked for at once, the loss is not yet known.
      const actions: (() => Promise<unknown>)[] = [
        () => device.read([...plan.inputs.values()]),
        () => trace(device, plan),
        () => device.settled(),
        () => compare(device, plan, fakeReferences(plan)),
        () => record(device, (r) => fake(r, r.input("x", [4]))),
      ];
      for (const action of actions) {
        const error = await rejection(action());
        assert(error instanceof DeviceLostError, `${error.name}: ${error.message}`);
        assert.equal(error.reason, "destroyed");
        assert.match(
          error.message,
          /^Cannot go on: the device was lost \(destroyed\).*open a new one$/,
        );
      }
      assert.throws(() => plan.run(), DeviceLostError);
      plan[Symbol.dispose]();
    },
  );
}

for (
  const [what, ask] of [
    ["read", (device: Device, plan: Plan) => device.read([...plan.inputs.values()])],
    ["settle", (device: Device) => device.settled()],
    ["trace", (device: Device, plan: Plan) => trace(device, plan)],
  ] as const
) {
  ownDevice(
    `a device lost while a ${what} is pending ends it with a DeviceLostError`,
    async (device, plan) => {
      plan.run();
      const pending = rejection(ask(device, plan));
      device.gpu.destroy();
      const error = await pending;
      assert(error instanceof DeviceLostError, `${error.name}: ${error.message}`);
    },
  );
}

gpuTest("a device error surfaces once, with its kernel's label, at the next read", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [4])));
  const provoke = () => {
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    const [step] = plan.steps;
    assert(step);
    pass.setPipeline(step.pipeline.gpu);
    pass.dispatchWorkgroups(1); // with no bind group
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
  };
  for (const ask of [() => device.read(plan.outputs), () => device.settled()]) {
    provoke();
    const error = await rejection(ask());
    assert(error instanceof KernelError, `${error.name}: ${error.message}`);
    assert.equal(error.label, "fake[N=4]");
    assert.match(error.message, /bind ?group/i);
    await ask();
  }
  provoke();
  provoke();
  assert((await rejection(device.settled())) instanceof KernelError);
  await device.settled(); // of several errors, only the first is told
});

gpuTest("an error that the device reports stops the next run and the next recording", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [4])));
  const report = () =>
    device.gpu.dispatchEvent(
      new GPUUncapturedErrorEvent("uncapturederror", {
        cancelable: true,
        error: new GPUValidationError("In 'matmul[M=1,K=2,N=3]': wrong"),
      }),
    );
  report();
  assert.throws(() => plan.run(), { name: "KernelError", label: "matmul[M=1,K=2,N=3]" });
  report();
  assert.equal((await rejection(record(device, (r) => r.input("x", [1])))).name, "KernelError");
  device.gpu.dispatchEvent(
    new GPUUncapturedErrorEvent("uncapturederror", {
      cancelable: true,
      error: new GPUOutOfMemoryError("no memory left"),
    }),
  );
  const error = await rejection(device.settled());
  assert(error instanceof OutOfMemoryError);
  assert.equal(error.message, "The device is out of memory: no memory left");
  plan.run();
});

gpuTest(
  "a shader that does not compile is shown with its line, and is not remembered",
  async () => {
    const device = await sharedDevice();
    const { size } = device.pipelines;
    for (let i = 0; i < 2; i++) {
      const error = await rejection(
        record(device, (r) => fake(r, r.input("x", [4]), "x[i] + missing_name")),
      );
      assert(error instanceof KernelError, `${error.name}: ${error.message}`);
      assert.equal(error.label, "fake[N=4]");
      const lines = error.message.split("\n");
      assert.match(
        lines[0] ?? "",
        /^Cannot compile fake\.wgsl for fake\[N=4\]: .*missing_name.* \(line 8, column \d+\)$/,
      );
      assert.deepEqual(lines.slice(1), [
        "     7 |   if (i < arrayLength(&y)) {",
        ">    8 |     y[i] = x[i] + missing_name;",
        "     9 |   }",
      ]);
      assert.equal(device.pipelines.size, size);
    }
    await device.settled(); // nothing is left over as an uncaptured error
  },
);

gpuTest("a pipeline that does not fit its shader is a KernelError as well", async () => {
  const device = await sharedDevice();
  const source = fakeSource("x[i]").replace("fn main", "fn another");
  const error = await rejection(
    record(device, (r) => fake(r, r.input("x", [4]), "", { source })),
  );
  assert(error instanceof KernelError);
  assert.match(error.message, /^Cannot compile fake\.wgsl for fake\[N=4\]: \S+/);
});

gpuTest("a program that is asked for many times at once is compiled once", async () => {
  const device = await sharedDevice();
  const { size } = device.pipelines;
  const build = () => record(device, (r) => fake(r, r.input("x", [4]), "x[i] + 8128.0"));
  const plans = await Promise.all(Array.from({ length: 8 }, build));
  assert.equal(device.pipelines.size, size + 1);
  plans.push(await build());
  assert.equal(device.pipelines.size, size + 1);
  assert.equal(new Set(plans.map(({ steps }) => steps[0]?.pipeline)).size, 1);
  for (const plan of plans) plan[Symbol.dispose]();
});

Deno.test({
  name:
    "the memory cap of a device refuses plans and weights beyond it, and those within still run",
  sanitizeResources: false,
  async fn() {
    using device = await openDevice({ memoryCap: 2 ** 20 });
    const before = device.pool.bytesUsed;
    const large = rejection(record(device, (r) => fake(r, r.input("huge", [2 ** 18]))));
    const error = await large;
    assert(error instanceof OutOfMemoryError, `${error.name}: ${error.message}`);
    assert.match(error.message, /^Cannot allocate \d\.\d MiB for \S+: .* of the cap of 1\.0 MiB/);
    assert.equal(device.pool.bytesUsed, before);
    using weights = new Weights(device);
    assert.throws(() => weights.empty("w", [2 ** 19], "f32"), {
      name: "OutOfMemoryError",
      asked: 2 ** 21,
    });
    using plan = await record(device, (r) => fake(r, r.input("x", [4])));
    plan.run();
    await device.settled();
  },
});
