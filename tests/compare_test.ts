import assert from "node:assert/strict";
import {
  type Device,
  type InputValues,
  type Op,
  type Packed,
  record,
  Rng,
  type Tensor,
  tolerance,
  unitRoundoff,
  Weights,
} from "../engine/mod.ts";
import { add, compare, layerNorm, matmul, packMatrix } from "../kernels/mod.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { fake, fakeReferences, throughTexels } from "./fakes.ts";

const numbers = (length: number, seed = 5) => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.normal());
};

/** Layer norm, then a matmul with a packed weight, then a sum. */
async function recordBlock(device: Device, w: Packed, middle = (x: Tensor) => x) {
  const plan = await record(device, (r) => {
    const x = r.input("x", [9, 24]);
    const normal = layerNorm(r, x, r.input("scale", [24]), r.input("shift", [24]));
    return add(r, middle(matmul(r, normal, w)), r.input("bias", [24]));
  });
  for (const [i, [name, { shape }]] of [...plan.inputs].entries()) {
    plan.write(name, numbers(shape.reduce((a, b) => a * b, 1), i));
  }
  return plan;
}

for (const design of Object.keys(designs) as (keyof typeof designs)[]) {
  for (const store of ["f32", "f16"] as const) {
    gpuTest(`compare() finds nothing wrong with a right plan (${design}, ${store})`, async () => {
      const device = await sharedDevice(design);
      using weights = new Weights(device);
      const w = await packMatrix(weights, "w", [24, 24], numbers(576), { store });
      using plan = await recordBlock(device, w);
      const rows = await compare(device, plan, fakeReferences(plan));
      assert.deepEqual(rows.map(({ label }) => label), plan.applications.map((a) => a.label));
      for (const row of rows) {
        assert.equal(row.diverges, false, JSON.stringify(row));
        assert(row.nmse <= row.tolerance);
        assert.equal(row.firstMismatch, -1);
      }
      assert.equal(rows.at(-1)?.tolerance, tolerance(1));
    });
  }
}

gpuTest("compare() names the first operation that is wrong, and stops there", async () => {
  const device = await sharedDevice();
  const labels = async (expression: string) => {
    using plan = await record(device, (r) => {
      const right = fake(r, fake(r, r.input("x", [6])));
      const wrong = fake(r, right, expression, { name: "suspect" });
      return fake(r, fake(r, wrong, "x[i] + 7.0", { name: "behind" }));
    });
    plan.write("x", Float32Array.of(0, 1, 2, 3, 4, 5));
    const rows = await compare(device, plan, fakeReferences(plan));
    return rows.map(({ label, diverges, firstMismatch }) => ({ label, diverges, firstMismatch }));
  };
  const right = { label: "fake[N=6]", diverges: false, firstMismatch: -1 };
  // Off by one; NaN at element 4 only; right, so that the one behind is to blame.
  assert.deepEqual(await labels("x[min(i + 1u, 5u)] + 1.0"), [right, right, {
    label: "suspect[N=6]",
    diverges: true,
    firstMismatch: -1,
  }]);
  assert.deepEqual(
    await labels("select(x[i] + 1.0, bitcast<f32>(0x7fc00000u + u32(x[i]) * 0u), i == 4u)"),
    [right, right, { label: "suspect[N=6]", diverges: true, firstMismatch: 4 }],
  );
  assert.deepEqual(await labels("x[i] + 1.0"), [right, right, { ...right, label: "suspect[N=6]" }, {
    label: "behind[N=6]",
    diverges: true,
    firstMismatch: -1,
  }]);
});

gpuTest("compare() blames an operation in the middle of real ones", async () => {
  const device = await sharedDevice();
  using weights = new Weights(device);
  const w = await packMatrix(weights, "w", [24, 24], numbers(576));
  using plan = await record(device, (r) => {
    const x = matmul(r, r.input("x", [9, 24]), w);
    return add(r, fake(r, x, "x[i] * 1.001", { wanted: (v) => v, roundings: () => 8 }), x);
  });
  plan.write("x", numbers(216));
  const rows = await compare(device, plan, fakeReferences(plan));
  assert.deepEqual(rows.map(({ diverges }) => diverges), [false, true]);
  assert.equal(rows[1]?.label, "fake[N=216]");
});

gpuTest(
  "compare() knows operands whose memory an operation of several steps used again",
  async () => {
    const device = await sharedDevice();
    using plan = await record(device, (r) =>
      // Two steps by way of scratch: the output may lie where the operand was.
      fake(
        r,
        fake(r, r.input("x", [256])),
        "",
        {
          lower: ({ inputs: { x }, outputs: [y], scratch, dispatch }) => {
            const half = scratch("half", { shape: [256], dtype: "f32" });
            const step = (name: string, from: typeof half, to: typeof half, factor: string) =>
              dispatch({
                shader: {
                  name,
                  source: `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u) { y[gid.x] = x[gid.x] * ${factor}; }`,
                },
                bindings: { x: from, y: to },
                workgroups: [4],
              });
            step("half.wgsl", x, half, "0.5");
            step("quarter.wgsl", half, y, "0.5");
          },
          wanted: (v) => v / 4,
        },
      ));
    const [first, second] = plan.applications;
    assert(first && second);
    const buffers = [first, second].map(({ outputs: [y] }) => plan.places.get(y)?.buffer);
    assert.equal(buffers[0], buffers[1], "the test wants the memory to be shared");
    plan.write("x", numbers(256));
    assert.deepEqual(
      (await compare(device, plan, fakeReferences(plan))).map(({ diverges }) => diverges),
      [false, false],
    );
  },
);

gpuTest("compare() knows operands that a later operation reads as texels only", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const x = fake(r, r.input("x", [64]));
    const twin = () => r.apply(throughTexels, { x }, {})[0];
    let y = twin();
    for (let i = 0; i < 3; i++) y = fake(r, y);
    return add(r, y, twin());
  });
  plan.write("x", numbers(64));
  const rows = await compare(device, plan, fakeReferences(plan));
  assert.deepEqual(rows.map(({ diverges }) => diverges), Array(rows.length).fill(false));
  assert.equal(rows.length, plan.applications.length);
});

gpuTest("compare() asks for the reference of an operation that it does not know", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, r.input("x", [4])));
  await assert.rejects(compare(device, plan), {
    name: "TypeError",
    message: "Cannot compare fake[N=4]: no float64 reference of fake: " +
      "give compare() its { op, reference, roundings }",
  });
});

gpuTest("compare() leaves the plan as run() would", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, fake(r, r.input("x", [4]))));
  plan.write("x", Float32Array.of(1, 2, 3, 4));
  await compare(device, plan, fakeReferences(plan));
  assert.deepEqual([...await device.read(plan.outputs)], [3, 4, 5, 6]);
});

for (const layout of ["panel", "tile"] as const) {
  for (const store of ["f32", "f16"] as const) {
    gpuTest(
      `packed weights unpack to the matrix that was packed (${layout}, ${store})`,
      async () => {
        const device = await sharedDevice();
        if (layout === "panel" && device.adapter.lanes === 0) {
          return console.log("left out: the adapter has no subgroup broadcast for panels");
        }
        for (const [k, n] of [[1, 1], [3, 5], [7, 12], [16, 33], [257, 97], [300, 132]] as const) {
          for (const transposed of [false, true]) {
            using weights = new Weights(device);
            const matrix = numbers(k * n, 31 * k + n);
            const given = transposed
              ? Float32Array.from(matrix, (_, i) => matrix[i % k * n + Math.floor(i / k)] ?? NaN)
              : matrix;
            const w = await packMatrix(weights, "w", [k, n], given, { layout, store, transposed });
            // compare() unpacks for itself: what it gives the reference shows in the wanted values.
            let seen: Float64Array | undefined;
            const look: Op<{ x: Tensor; w: Packed }, Record<string, never>> = {
              name: "look",
              infer: () => [{ shape: [1], dtype: "f32" }],
              describe: () => "",
              lower: ({ inputs: { x }, outputs: [y], dispatch }) =>
                dispatch({
                  shader: {
                    name: "look.wgsl",
                    source: `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(1) fn main() { y[0] = x[0]; }`,
                  },
                  bindings: { x, y },
                  workgroups: [1],
                }),
              cost: () => ({ flops: 0, bytes: 0 }),
            };
            using plan = await record(
              device,
              (r) => r.apply(look, { x: r.input("x", [1]), w }, {})[0],
            );
            plan.write("x", Float32Array.of(0));
            await compare(device, plan, [{
              op: look,
              reference: ({ x, w }: InputValues<{ x: Tensor; w: Packed }>) => {
                seen = w.data;
                return [x] as const;
              },
              roundings: () => 0,
            }]);
            assert.equal(seen?.length, k * n);
            for (const [i, value] of matrix.entries()) {
              const wanted = store === "f16" ? Math.f16round(value) : value;
              // The device may round a number to a half up or down, and so the least of them.
              const unit = 2 * Math.max(Math.abs(value) * unitRoundoff.f16, 2 ** -25);
              const slack = store === "f16" ? unit : 0;
              const got = seen?.[i] ?? NaN;
              assert(
                Math.abs(got - wanted) <= slack,
                `[${k}, ${n}] element ${i}: got ${got}, wanted ${wanted}`,
              );
            }
          }
        }
      },
    );
  }
}
