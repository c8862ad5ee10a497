import assert from "node:assert/strict";
import { type Device, record, Recorder, Rng, type Tensor, Weights } from "../engine/mod.ts";
import { add, layerNorm, matmul, scale } from "../kernels/mod.ts";
import { designs, gpuTest, sharedDevice } from "./devices.ts";
import { countCalls, fake } from "./fakes.ts";

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
  gpuTest(
    `a plan replayed three times gives the same bits, and new ones for new inputs (${design})`,
    async () => {
      const device = await sharedDevice(design);
      using plan = await record(device, (r) => {
        const x = r.input("x", [17, 36]);
        const y = matmul(r, x, r.input("w", [36, 20]));
        return layerNorm(r, add(r, y, y), r.input("scale", [20]), r.input("shift", [20]));
      });
      for (const [i, [name, { shape }]] of [...plan.inputs].entries()) {
        plan.write(name, numbers(shape.reduce((a, b) => a * b, 1), i));
      }
      const results: Float32Array[] = [];
      for (let i = 0; i < 3; i++) {
        plan.run();
        results.push(await device.read(plan.outputs));
      }
      assert.deepEqual(results[1], results[0]);
      assert.deepEqual(results[2], results[0]);
      plan.write("x", numbers(17 * 36, 99));
      plan.run();
      assert.notDeepEqual(await device.read(plan.outputs), results[0]);
      plan.write("x", numbers(17 * 36, 0));
      plan.run();
      assert.deepEqual(await device.read(plan.outputs), results[0]);
    },
  );
}

gpuTest("applications that no output needs are dropped", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const x = r.input("x", [8]);
    const kept = fake(r, x);
    fake(r, fake(r, kept, "1.0"), "2.0");
    return fake(r, kept, "x[i] * 3.0");
  });
  assert.equal(plan.applications.length, 2);
  assert.equal(plan.steps.length, 2);
  plan.write("x", new Float32Array(8).fill(1));
  plan.run();
  assert.deepEqual([...await device.read(plan.outputs)], Array(8).fill(6));
});

gpuTest("constants keep their contents over replays, and beside other tensors", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const table = r.constant("table", [64], "f32", Float32Array.from({ length: 64 }, (_, i) => i));
    let sum: Tensor = r.input("x", [64]);
    for (let i = 0; i < 5; i++) sum = fake(r, add(r, sum, table), "x[i] + 1.0");
    return sum;
  });
  for (let run = 0; run < 3; run++) {
    plan.write("x", new Float32Array(64).fill(run));
    plan.run();
    const wanted = Array.from({ length: 64 }, (_, i) => run + 5 * i + 5);
    assert.deepEqual([...await device.read(plan.outputs)], wanted);
  }
});

gpuTest("inputs keep their contents over replays", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const a = r.input("a", [256]), b = r.input("b", [256]);
    return fake(r, fake(r, fake(r, add(r, a, b))));
  });
  plan.write("a", new Float32Array(256).fill(1));
  plan.write("b", new Float32Array(256).fill(10));
  for (let run = 0; run < 3; run++) {
    plan.run();
    assert.equal((await device.read(plan.outputs))[255], 14);
  }
});

gpuTest("an input can be returned as an output, alone in a plan without steps too", async () => {
  const device = await sharedDevice();
  using both = await record(device, (r) => {
    const x = r.input("x", [3]);
    return { x, y: fake(r, x) };
  });
  both.write("x", Float32Array.of(1, 2, 3));
  both.run();
  assert.deepEqual([...await device.read(both.outputs.x)], [1, 2, 3]);
  assert.deepEqual([...await device.read(both.outputs.y)], [2, 3, 4]);
  using nothing = await record(device, (r) => r.input("x", [2]));
  nothing.write("x", Float32Array.of(5, 6));
  nothing.run();
  assert.deepEqual([...await device.read(nothing.outputs)], [5, 6]);
});

gpuTest("outputs come back in the structure that the function returned", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    const x = r.input("x", [2]);
    const one = fake(r, x), two = fake(r, one);
    return { pair: [one, two], deep: { er: [{ two }] }, none: [] } as const;
  });
  plan.write("x", Float32Array.of(0, 10));
  plan.run();
  const { pair, deep } = plan.outputs;
  assert.equal(deep.er[0].two, pair[1]);
  const [one, two] = await device.read([pair[0], deep.er[0].two] as const);
  assert.deepEqual([...one, ...two], [1, 11, 2, 12]);
});

gpuTest("weights serve two plans, and outlive both", async () => {
  const device = await sharedDevice();
  await leavesNothing(device, async () => {
    using weights = new Weights(device);
    const w = weights.tensor("w", [4], "f32", Float32Array.of(1, 2, 3, 4));
    {
      using twice = await record(device, (r) => add(r, w, w));
      using plus = await record(device, (r) => add(r, r.input("x", [4]), w));
      plus.write("x", new Float32Array(4).fill(100));
      for (let i = 0; i < 2; i++) {
        twice.run();
        plus.run();
        const [a, b] = await device.read([twice.outputs, plus.outputs] as const);
        assert.deepEqual([...a], [2, 4, 6, 8]);
        assert.deepEqual([...b], [101, 102, 103, 104]);
      }
    }
    assert.deepEqual([...await device.read(w)], [1, 2, 3, 4]);
  });
});

gpuTest("a living plan's output can be the operand of another plan", async () => {
  const device = await sharedDevice();
  using first = await record(device, (r) => fake(r, r.input("x", [4])));
  using second = await record(device, (r) => fake(r, first.outputs, "x[i] * 2.0"));
  first.write("x", Float32Array.of(1, 2, 3, 4));
  first.run();
  second.run();
  assert.deepEqual([...await device.read(second.outputs)], [4, 6, 8, 10]);
});

gpuTest("a tensor of another recording is refused, as an operand and as an output", async () => {
  const device = await sharedDevice();
  const stranger = new Recorder().input("stranger", [4]);
  await assert.rejects(record(device, (r) => add(r, r.input("x", [4]), stranger)), {
    name: "TypeError",
    message: 'Cannot record add: b "stranger" has no memory and is not of this recording: its ' +
      "weights or its plan were disposed, or it comes from another recording",
  });
  await assert.rejects(record(device, () => stranger), {
    name: "TypeError",
    message: /^Cannot record the function: output "stranger" has no memory and is not of this rec/,
  });
});

gpuTest("tensors of disposed weights and plans are refused", async () => {
  const device = await sharedDevice();
  const weights = new Weights(device);
  const w = weights.tensor("w", [4], "f32", new Float32Array(4));
  weights[Symbol.dispose]();
  weights[Symbol.dispose]();
  await assert.rejects(record(device, (r) => fake(r, w)), /fake: x "w" has no memory/);
  assert.throws(() => weights.tensor("late", [1], "f32", new Float32Array(1)), {
    name: "TypeError",
    message: 'Cannot load weight "late": the weights were disposed',
  });
  const plan = await record(device, (r) => fake(r, r.input("x", [4])));
  plan[Symbol.dispose]();
  await assert.rejects(record(device, (r) => fake(r, plan.outputs)), /has no memory/);
});

gpuTest("plan.write() refuses unknown inputs, wrong lengths and wrong types", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => add(r, r.input("a", [2, 3]), r.input("b", [3])));
  assert.throws(() => plan.write("c", new Float32Array(3)), {
    name: "TypeError",
    message: 'Cannot write input "c": the plan\'s inputs are a, b',
  });
  assert.throws(() => plan.write("a", new Float32Array(7)), {
    name: "TypeError",
    message: 'Cannot write input "a": got 7 elements of Float32Array: wanted f32 [2, 3]',
  });
  assert.throws(() => plan.write("b", new Uint32Array(3)), {
    name: "TypeError",
    message: 'Cannot write input "b": got 3 elements of Uint32Array: wanted f32 [3]',
  });
});

Deno.test("a recording refuses two inputs of one name, empty sizes and unfit constants", () => {
  const r = new Recorder();
  r.input("x", [1]);
  assert.throws(() => r.input("x", [2]), {
    message: 'Cannot record input "x": the recording has one of that name',
  });
  assert.throws(() => r.input("y", [2, 0]), {
    name: "RangeError",
    message: 'Cannot record input "y": sizes must be whole numbers of at least 1: got [2, 0]',
  });
  assert.throws(() => r.constant("c", [2], "f32", new Float32Array(3)), {
    message: 'Cannot record constant "c": got 3 elements of Float32Array: wanted f32 [2]',
  });
});

gpuTest("a plan that costs more than a second is cut into several submissions", async () => {
  const device = await sharedDevice();
  const { flops } = device.adapter.software ? { flops: 2e10 } : { flops: 2e11 };
  const chain = (cost: number, length: number) =>
    record(device, (r) => {
      let x: Tensor = r.input("x", [4]);
      for (let i = 0; i < length; i++) {
        x = fake(r, x, "x[i] + 1.0", { cost: () => ({ flops: cost, bytes: 0 }) });
      }
      return x;
    });
  const outcome = async (cost: number) => {
    using plan = await chain(cost, 12);
    plan.write("x", Float32Array.of(1, 2, 3, 4));
    const submits = await countCalls(device, "submit", () => plan.run());
    return { submits, result: [...await device.read(plan.outputs)] };
  };
  const result = [13, 14, 15, 16];
  assert.deepEqual(await outcome(0), { submits: 1, result });
  assert.deepEqual(await outcome(flops / 64), { submits: 1, result });
  assert.deepEqual(await outcome(flops / 4), { submits: 3, result });
  assert.deepEqual(await outcome(2 * flops), { submits: 12, result });
});

gpuTest("u8 and f16 inputs need not fill whole words", async () => {
  const device = await sharedDevice();
  for (const length of [1, 2, 3, 5, 6, 7, 9]) {
    using plan = await record(device, (r) => ({
      bytes: r.input("bytes", [length], "u8"),
      halves: r.input("halves", [length], "f16"),
      words: r.input("words", [length], "u32"),
      signed: r.input("signed", [length], "i32"),
    }));
    const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
    const halves = Float16Array.from({ length }, (_, i) => 1 / (i + 1));
    const words = Uint32Array.from({ length }, (_, i) => 2 ** 32 - 1 - i);
    const signed = Int32Array.from({ length }, (_, i) => -i);
    // Others first: nothing of them may be left over.
    plan.write("bytes", bytes.map((byte) => ~byte));
    // As views into the middle of larger arrays, at odd offsets.
    plan.write("bytes", new Uint8Array([7, ...bytes, 7]).subarray(1, length + 1));
    plan.write("halves", new Float16Array([7, ...halves, 7]).subarray(1, length + 1));
    plan.write("words", words);
    plan.write("signed", signed);
    const { outputs: o } = plan;
    assert.deepEqual(
      await device.read([o.bytes, o.halves, o.words, o.signed] as const),
      [bytes, halves, words, signed],
    );
    plan.write("bytes", Uint8ClampedArray.from(bytes));
    assert.deepEqual(await device.read(o.bytes), bytes);
  }
});

gpuTest("describe() lists every step, and the memory", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => {
    let x: Tensor = r.input("x", [2 ** 18]);
    for (let i = 0; i < 3; i++) x = scale(r, x, 2);
    return fake(r, x);
  });
  const lines = plan.describe().split("\n");
  assert.equal(lines.length, 5);
  for (const line of lines.slice(0, 3)) {
    assert.match(line, /^scale\[.*\] {2}scale\.wgsl {2}\d+x\d+x1$/);
  }
  assert.match(lines[3] ?? "", /^fake\[N=262144\] {2}fake\.wgsl {2}4097x1x1$/);
  // The input lives throughout, and two slots serve the four others.
  assert.equal(lines[4], "4 steps, 3.00 MiB for 5.00 MiB");
});
