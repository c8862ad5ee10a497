import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { KernelError, openDevice, record } from "../engine/mod.ts";
import { knownDenoVersions, probeQuickMap } from "../engine/quick_map.ts";
import { fake, rejection } from "./fakes.ts";

const isKnown = knownDenoVersions.includes(Deno.version.deno);

function deviceTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, sanitizeResources: false, sanitizeOps: false, fn });
}

/** Where devices come from whose staging buffers are changed by `change`. */
function gpuWith(change: (staging: GPUBuffer) => void): GPU {
  const requestAdapter = async () => {
    const adapter = await navigator.gpu.requestAdapter() as GPUAdapter;
    const request = adapter.requestDevice.bind(adapter);
    const requestDevice = async (descriptor: GPUDeviceDescriptor) => {
      const device = await request(descriptor), create = device.createBuffer.bind(device);
      const createBuffer = (descriptor: GPUBufferDescriptor) => {
        const buffer = create(descriptor);
        if (descriptor.usage & GPUBufferUsage.MAP_READ) change(buffer);
        return buffer;
      };
      return Object.defineProperty(device, "createBuffer", { value: createBuffer });
    };
    return Object.defineProperty(adapter, "requestDevice", { value: requestDevice });
  };
  return { requestAdapter } as unknown as GPU;
}

/** Runs a plan on a device so many times and checks every number of every result. */
async function checkReads(options: Parameters<typeof openDevice>[0], reads: number) {
  using device = await openDevice(options);
  const { quickReads } = device;
  using plan = await record(device, (r) => {
    const x = r.input("x", [300]), y = r.input("y", [7]);
    return [fake(r, x), fake(r, fake(r, y), "x[i] * 2.0")] as const;
  });
  for (let i = 0; i < reads; i++) {
    plan.write("x", new Float32Array(300).fill(i));
    plan.write("y", new Float32Array(7).fill(i));
    plan.run();
    if (i % 3 === 0) await device.settled();
    const [x, y] = i % 2 === 0
      ? await device.read(plan.outputs)
      : [await device.read(plan.outputs[0]), await device.read(plan.outputs[1])];
    assert.deepEqual([...x, ...y], [...Array(300).fill(i + 1), ...Array(7).fill(2 * i + 2)]);
  }
  assert.equal(device.quickReads, quickReads);
  return quickReads;
}

deviceTest("1,000 results are right without the wait, and some with it", async () => {
  assert.equal(await checkReads({}, 1000), isKnown);
  assert.equal(await checkReads({ quickReads: false }, 5), false);
});

const faults: Record<string, (staging: GPUBuffer) => void> = {
  "gives the bytes of the map before"(staging) {
    const take = staging.getMappedRange.bind(staging);
    let before = new ArrayBuffer(2 ** 16), maps = 0;
    const getMappedRange = (...range: [number?, number?]) => {
      const now = take(...range), then = before;
      before = now;
      // Only the probes map a buffer of theirs that often before anything else is read.
      return maps++ < 8 && staging.label === "probe" ? then.slice(0, now.byteLength) : now;
    };
    Object.defineProperty(staging, "getMappedRange", { value: getMappedRange });
  },
  "can't be mapped again"(staging) {
    const map = staging.mapAsync.bind(staging);
    let maps = 0;
    const mapAsync = (...range: Parameters<GPUBuffer["mapAsync"]>) =>
      maps++ > 0 && staging.label === "probe"
        ? Promise.reject(new DOMException("made up", "OperationError"))
        : map(...range);
    Object.defineProperty(staging, "mapAsync", { value: mapAsync });
  },
};

for (const [what, change] of Object.entries(faults)) {
  deviceTest(`a device whose staging buffer ${what} reads with the wait`, async () => {
    // Buffers of 8 bytes are those of the probe of reading back.
    const gpu = gpuWith((staging) => staging.size === 8 && change(staging));
    assert.equal(await checkReads({ gpu }, 5), false);
  });
}

deviceTest("unknown versions of Deno, and other runtimes, read with the wait", async () => {
  using device = await openDevice({ quickReads: false });
  for (const version of ["2.8.3", "2.9.7", "3.0.0", ""]) {
    assert.equal(await probeQuickMap(device.gpu, version), undefined);
  }
});

deviceTest("the first map of every staging buffer is awaited", async () => {
  let first = 0, later = 0;
  const gpu = gpuWith((staging) => {
    const map = staging.mapAsync.bind(staging), take = staging.getMappedRange.bind(staging);
    let resolved = false;
    Object.defineProperty(staging, "mapAsync", {
      value: (...range: Parameters<GPUBuffer["mapAsync"]>) =>
        map(...range).then(() => void (resolved = true)),
    });
    Object.defineProperty(staging, "getMappedRange", {
      value: (...range: [number?, number?]) => {
        assert(resolved, "a buffer is read that was never mapped");
        if (staging.label === "staging") later++;
        return take(...range);
      },
    });
    if (staging.label === "staging") first++;
  });
  await checkReads({ gpu }, 20);
  assert(first > 0 && later > 10 * first, `${first} ${later}`);
});

deviceTest("a device that can't settle without the wait says so once, and then waits", async () => {
  if (!isKnown) return;
  const gpu = gpuWith((staging) => {
    if (staging.size !== 8) return;
    const map = staging.mapAsync.bind(staging);
    let maps = 0; // five by the probe, and one by the first settle
    const mapAsync = (...range: Parameters<GPUBuffer["mapAsync"]>) =>
      ++maps === 7 ? Promise.reject(new DOMException("made up", "OperationError")) : map(...range);
    Object.defineProperty(staging, "mapAsync", { value: mapAsync });
  });
  using device = await openDevice({ gpu });
  await device.settled();
  assert.equal(device.quickReads, true);
  const error = await rejection(device.settled());
  assert(error instanceof KernelError, `${error.name}: ${error.message}`);
  assert.match(error.message, /^Cannot read what the device has computed: made up/);
  assert.equal(device.quickReads, false);
  await device.settled();
});

deviceTest(
  "a read takes its copy at once, and lets more be submitted before it blocks",
  async () => {
    for (const quickReads of [true, false]) {
      const events: string[] = [];
      const gpu = gpuWith((staging) => {
        const map = staging.mapAsync.bind(staging);
        const mapAsync = (...range: Parameters<GPUBuffer["mapAsync"]>) => {
          if (staging.label === "staging") events.push("map");
          return map(...range);
        };
        Object.defineProperty(staging, "mapAsync", { value: mapAsync });
      });
      using device = await openDevice({ gpu, quickReads });
      using plan = await record(device, (r) => fake(r, r.input("x", [5])));
      for (let i = 0; i < 3; i++) {
        events.length = 0;
        const answers: Promise<Float32Array>[] = [];
        for (const start of [10, 20]) {
          plan.write("x", new Float32Array(5).fill(start + i));
          plan.run();
          answers.push(device.read(plan.outputs));
          await Promise.resolve();
          events.push("asked");
        }
        assert.deepEqual((await Promise.all(answers)).map(([y]) => y), [11 + i, 21 + i]);
        assert.deepEqual(events, ["asked", "asked", "map", "map"]);
      }
    }
  },
);
