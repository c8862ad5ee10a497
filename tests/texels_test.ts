import assert from "node:assert/strict";
import {
  type AnyTensor,
  type Lowering,
  record,
  Rng,
  type Tensor,
  type Texture,
  Weights,
} from "../engine/mod.ts";
import { cast } from "../kernels/mod.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { fake, fakeOp, throughTexels } from "./fakes.ts";

const numbers = (length: number, seed = 5) => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

/** The first difference: `deepEqual()` would take seconds to print thousands of them. */
function assertSame(got: Float32Array, wanted: Float32Array): void {
  assert.equal(got.length, wanted.length);
  const at = got.findIndex((value, i) => value !== wanted[i]);
  assert(at < 0, `element ${at}: got ${got[at]}, wanted ${wanted[at]}`);
}

// Sizes in texels around a line's end, and numbers that do not fill the last texel.
for (const texels of [1, 2, 1023, 1024, 1025, 2048, 4096 + 3]) {
  for (const missing of [0, 1, 3]) {
    gpuTest(`${texels} texels less ${missing} numbers read the same as the buffer`, async () => {
      const device = await sharedDevice();
      const length = 4 * texels - missing, x = numbers(length, texels);
      for (const guardBytes of [0, 256]) {
        using plan = await record(
          device,
          (r) => r.apply(throughTexels, { x: r.input("x", [length]) }, {})[0],
          { guardBytes },
        );
        plan.write("x", x);
        plan.run();
        assertSame(await device.read(plan.outputs), x);
      }
    });
  }
}

gpuTest("a tensor is copied into its texture once, however many operations read it", async () => {
  const device = await sharedDevice();
  const x = numbers(4100);
  using plan = await record(device, (r) => {
    const input = r.input("x", [4100]);
    const twin = (from: Tensor) => r.apply(throughTexels, { x: from }, {})[0];
    const a = twin(input), b = twin(input), c = twin(fake(r, input));
    return { a, b, c, d: twin(input) };
  });
  assert.deepEqual(
    plan.steps.map(({ copies }) => copies.map(({ from }) => from.label)),
    [["x"], [], [], ["fake[N=4100]"], []],
  );
  plan.write("x", x);
  plan.run();
  const { a, b, c, d } = plan.outputs;
  const read = await device.read([a, b, c, d] as const);
  const wanted = [x, x, x.map((value) => value + 1), x];
  for (const [i, got] of read.entries()) assertSame(got, wanted[i] ?? x);
});

gpuTest("texels are copied again on each replay", async () => {
  const device = await sharedDevice();
  using plan = await record(
    device,
    (r) => r.apply(throughTexels, { x: fake(r, r.input("x", [1000])) }, {})[0],
  );
  for (let run = 0; run < 3; run++) {
    const x = numbers(1000, run);
    plan.write("x", x);
    plan.run();
    assertSame(await device.read(plan.outputs), x.map((value) => Math.fround(value + 1)));
  }
});

gpuTest("a tensor that is read as texels late keeps its memory until it is copied", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const input = r.input("x", [1000]), early = fake(r, input, "x[i] * 2.0");
    let other = input;
    for (let i = 0; i < 4; i++) other = fake(r, other);
    return { late: r.apply(throughTexels, { x: early }, {})[0], other };
  });
  const x = numbers(1000);
  plan.write("x", x);
  for (let run = 0; run < 2; run++) {
    plan.run();
    assertSame(await device.read(plan.outputs.late), x.map((value) => value * 2));
  }
});

gpuTest("textures of a plan are shared by tensors that do not live at once", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    let x: Tensor = r.input("x", [8192]);
    for (let i = 0; i < 6; i++) x = r.apply(throughTexels, { x: fake(r, x) }, {})[0];
    return x;
  });
  const textures = plan.steps.flatMap(({ copyCommands }) =>
    copyCommands.map(([, to]) => to.texture)
  );
  assert.equal(textures.length, 6);
  assert.equal(new Set(textures).size, 1);
  const x = numbers(8192);
  plan.write("x", x);
  plan.run();
  const wanted = Array.from({ length: 6 }).reduce<Float32Array>(
    (sum) => sum.map((value) => Math.fround(value + 1)),
    x,
  );
  assertSame(await device.read(plan.outputs), wanted);
});

gpuTest("weights can be read as texels", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const data = numbers(4097);
  const w = weights.tensor("w", [4097], "f32", data);
  using plan = await record(device, (r) => r.apply(throughTexels, { x: w }, {})[0]);
  plan.run();
  assertSame(await device.read(plan.outputs), data);
});

/** `y = x_at(i)` four at a time: the engine declares x by what is bound. */
const copied = (
  bind: (
    job: Lowering<CopyInputs, Record<string, never>, "f32">,
  ) => AnyTensor | Texture | undefined,
) =>
  fakeOp("", {
    name: "copied",
    lower: (job) =>
      job.dispatch({
        shader: {
          name: "copied.wgsl",
          source: `@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  if (gid.x < arrayLength(&y)) {
    set_y(gid.x, x_at(gid.x));
  }
}`,
          operands: {
            x: {
              access: "read",
              element: "vec4f",
              forms: ["buffer", "texels", "halves", "absent"],
            },
            y: { access: "write", element: "vec4f" },
          },
        },
        bindings: { x: bind(job), y: job.outputs[0] },
        workgroups: [4],
      }),
  });

interface CopyInputs {
  readonly x: Tensor;
}

gpuTest(
  "an accessor gives the same numbers however its operand is stored, and 0 for none",
  async () => {
    const device = await sharedDevice();
    // Numbers that halves hold, and not a multiple of four of them.
    const x = Float32Array.from({ length: 1001 }, (_, i) => (i - 500) / 8);
    using plan = await record(device, (r) => {
      const input = r.input("x", [1001]), halves = cast(r, input, "f16");
      const copy = (from: Tensor, bind: Parameters<typeof copied>[0]) =>
        r.apply(copied(bind), { x: from }, {})[0];
      return [
        copy(input, ({ inputs: { x } }) => x),
        copy(input, ({ inputs: { x }, texels }) => texels(x)),
        copy(halves as unknown as Tensor, ({ inputs: { x } }) => x),
        copy(input, () => undefined),
      ] as const;
    });
    plan.write("x", x);
    plan.run();
    const [buffer, texels, halves, absent] = await device.read(plan.outputs);
    for (const read of [buffer, texels, halves]) assertSame(read, x);
    assertSame(absent, new Float32Array(1001));
  },
);
