import assert from "node:assert/strict";
import { OutOfMemoryError, record, Rng } from "../engine/mod.ts";
import { Pool, sizeClass } from "../engine/pool.ts";
import { fake } from "./fakes.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const mib = 2 ** 20;

/** A device that hands out memory that is none, and counts what is given back. */
function fakeGpu(maxBufferSize = 2 ** 31 - 1) {
  const made: { size: number; destroyed: boolean }[] = [];
  const make = (size: number) => {
    const entry = { size, destroyed: false, destroy: () => void (entry.destroyed = true) };
    made.push(entry);
    return entry;
  };
  const gpu = {
    limits: { maxBufferSize },
    createBuffer: ({ size }: { size: number }) => make(size),
    createTexture: ({ size: [width, height] }: { size: [number, number] }) => make(width * height),
  } as unknown as GPUDevice;
  return { gpu, made };
}

Deno.test("sizeClass() wastes at most a quarter of what is asked, and grows with it", () => {
  const rng = new Rng(3);
  const sizes = [
    ...Array.from({ length: 5000 }, (_, i) => i),
    ...Array.from({ length: 5000 }, () => rng.integer(256, 2 ** 31)),
  ].sort((a, b) => a - b);
  let before = 0;
  for (const bytes of sizes) {
    const size = sizeClass(bytes);
    assert(size >= bytes && size % 16 === 0, `${bytes} became ${size}`);
    assert(size <= Math.max(256, 1.25 * bytes), `${bytes} became ${size}`);
    assert(size >= before, `${bytes} became ${size}, less than ${before}`);
    assert.equal(sizeClass(size), size);
    before = size;
  }
});

Deno.test("sizeClass() never rounds past the largest buffer of the device", () => {
  const most = 2 ** 31 - 1;
  assert.equal(sizeClass(2e9, most), 2 ** 31 - 16);
  assert.equal(sizeClass(2 ** 31 - 16, most), 2 ** 31 - 16);
  assert.equal(sizeClass(1000, most), 1024);
  const { gpu, made } = fakeGpu(most);
  using pool = new Pool(gpu, 2 ** 33);
  using _lease = pool.buffer(2e9, "large");
  assert(made.every(({ size }) => size <= most));
});

Deno.test("the pool counts what is used, what is allocated, and the most there ever was", () => {
  const { gpu } = fakeGpu();
  const pool = new Pool(gpu, 100 * mib);
  const a = pool.buffer(4 * mib, "a");
  const b = pool.texture(1024, 64, "rgba32float", "b");
  assert.deepEqual([pool.bytesUsed, pool.bytesAllocated, pool.peakBytes].map((n) => n / mib), [
    5,
    5,
    5,
  ]);
  a[Symbol.dispose]();
  assert.deepEqual([pool.bytesUsed, pool.bytesAllocated, pool.peakBytes].map((n) => n / mib), [
    1,
    5,
    5,
  ]);
  pool.trim();
  assert.deepEqual([pool.bytesUsed, pool.bytesAllocated, pool.peakBytes].map((n) => n / mib), [
    1,
    1,
    5,
  ]);
  b[Symbol.dispose]();
  pool[Symbol.dispose]();
  assert.deepEqual([pool.bytesUsed, pool.bytesAllocated, pool.peakBytes].map((n) => n / mib), [
    0,
    0,
    5,
  ]);
});

Deno.test("the pool reuses memory of one size class, one format and one size only", () => {
  const { gpu, made } = fakeGpu();
  using pool = new Pool(gpu, 100 * mib);
  const first = pool.buffer(1000, "first");
  first[Symbol.dispose]();
  using second = pool.buffer(1024, "second");
  assert.equal(second.resource, first.resource);
  using third = pool.buffer(1024, "third");
  assert.notEqual(third.resource, first.resource);
  pool.texture(8, 8, "rgba32float", "t")[Symbol.dispose]();
  using _half = pool.texture(8, 8, "rgba16float", "half");
  using _tall = pool.texture(8, 9, "rgba32float", "tall");
  assert.equal(made.length, 5);
  using _same = pool.texture(8, 8, "rgba32float", "same");
  assert.equal(made.length, 5);
});

Deno.test("the pool takes exactly what weights need, in whole vec4s", () => {
  const { gpu, made } = fakeGpu();
  using pool = new Pool(gpu, 100 * mib);
  using _lease = pool.buffer(2 * mib + 4, "w", true);
  assert.deepEqual(made.map(({ size }) => size), [2 * mib + 16]);
});

Deno.test("giving memory back twice is harmless", () => {
  const { gpu } = fakeGpu();
  using pool = new Pool(gpu, 100 * mib);
  const lease = pool.buffer(1024, "x");
  lease[Symbol.dispose]();
  lease[Symbol.dispose]();
  assert.equal(pool.bytesUsed, 0);
  using a = pool.buffer(1024, "a");
  using b = pool.buffer(1024, "b");
  assert.notEqual(a.resource, b.resource);
  lease[Symbol.dispose]();
  assert.equal(pool.bytesUsed, 2048);
});

Deno.test("the pool gives idle memory back before it refuses, and then says what and how much", () => {
  const { gpu, made } = fakeGpu();
  using pool = new Pool(gpu, 10 * mib);
  using _held = pool.buffer(4 * mib, "held");
  pool.buffer(6 * mib, "idle")[Symbol.dispose]();
  {
    using _fits = pool.buffer(5 * mib, "fits after trimming");
    assert.deepEqual(made.map(({ destroyed }) => destroyed), [false, true, false]);
    assert.equal(pool.bytesAllocated, 9 * mib);
  }
  assert.throws(() => pool.buffer(7 * mib, "layer_norm[rows=4,D=8]"), (error) => {
    assert(error instanceof OutOfMemoryError);
    assert.equal(error.asked, 7 * mib);
    assert.equal(
      error.message,
      "Cannot allocate 7.0 MiB for layer_norm[rows=4,D=8]: 4.0 MiB of the cap of 10.0 MiB are " +
        "in use: raise memoryCap or use smaller batches",
    );
    return true;
  });
  assert.equal(pool.bytesUsed, 4 * mib);
  using _later = pool.buffer(6 * mib, "what fits still fits");
});

gpuTest("1,000 runs of a plan allocate nothing", async () => {
  const device = await sharedDevice();
  using plan = await record(device, (r) => fake(r, fake(r, r.input("x", [100]))));
  plan.run();
  await device.read(plan.outputs);
  const { bytesAllocated, bytesUsed } = device.pool;
  for (let i = 0; i < 1000; i++) plan.run();
  await device.read(plan.outputs);
  assert.deepEqual([device.pool.bytesAllocated, device.pool.bytesUsed], [
    bytesAllocated,
    bytesUsed,
  ]);
});

gpuTest(
  "200 plans made and disposed of one after the other allocate no more than one",
  async () => {
    const device = await sharedDevice();
    const { bytesUsed } = device.pool;
    let allocated = 0;
    for (let i = 0; i < 200; i++) {
      using plan = await record(device, (r) => fake(r, fake(r, r.input("x", [5000]))));
      plan.write("x", new Float32Array(5000).fill(i));
      plan.run();
      if (i % 50 === 0) assert.equal((await device.read(plan.outputs))[4999], i + 2);
      if (i === 0) allocated = device.pool.bytesAllocated;
      assert.equal(device.pool.bytesAllocated, allocated);
    }
    assert.equal(device.pool.bytesUsed, bytesUsed);
  },
);
