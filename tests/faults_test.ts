import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import {
  AdapterError,
  Device,
  DeviceLostError,
  KernelError,
  openDevice,
  OutOfMemoryError,
} from "../engine/mod.ts";
import { knownDenoVersions } from "../engine/quick_map.ts";
import { type FaultKind, faultKinds, FaultyGpu } from "./faulty_gpu.ts";
import { adaptOnce, numbersOf } from "./small_adaptation.ts";

const typed = [AdapterError, DeviceLostError, KernelError, OutOfMemoryError];

/** After how many faults a whole run is compared: AUTT_FAULTS=1 takes minutes, and compares after each. */
const compareEvery = Number(Deno.env.get("AUTT_FAULTS") ?? 16);

/** What a fault is told as. */
const told: Readonly<Record<FaultKind, RegExp>> = {
  memory: /made up: no memory left/,
  pipeline: /^Cannot compile .*: the device had an internal error$/,
  submit: /made up: the commands are refused/,
  map: /made up: it can't be mapped/,
};

for (const kind of faultKinds) {
  Deno.test({
    name: `an adaptation whose ${kind} fails, at each place where it can, ends in a typed error, ` +
      "leaves nothing behind and can be repeated",
    sanitizeResources: false,
    sanitizeOps: false,
    async fn() {
      const opened = await openDevice(), { gpu, adapter } = opened;
      const faults = new FaultyGpu(gpu);
      const wanted = numbersOf(await adaptOnce(opened));
      // Pipelines are compiled once by a device: there are as many devices as faults of these.
      const next = () =>
        kind === "pipeline" ? new Device(gpu, adapter, opened.schedule, 2 ** 30) : opened;
      let device = next(), count = 0;
      for (let n = 1;; n++) {
        device.pool.trim();
        const { bytesUsed } = device.pool;
        faults.arm(kind, n, kind === "memory"); // a single one would be tried again
        const end = await adaptOnce(device).then(numbersOf, (error: Error) => error);
        // Reads that nobody waits for any more end by themselves.
        for (let i = 0; i < 100 && device.pool.bytesUsed > bytesUsed; i++) await delay(10);
        if (!faults.disarm()) {
          assert.deepEqual(end, wanted);
          break;
        }
        count++;
        assert(end instanceof Error, `the fault ${kind} ${n} went unseen`);
        assert(
          typed.some((type) => end instanceof type),
          `${kind} ${n}: ${end.name}: ${end.stack}`,
        );
        assert.match(end.message, told[kind], `${kind} ${n}: ${end.stack}`);
        assert.equal(device.pool.bytesUsed, bytesUsed, `${kind} ${n}`);
        if (n % compareEvery === 0) {
          assert.deepEqual(numbersOf(await adaptOnce(device)), wanted, `after ${kind} ${n}`);
        }
        device = next();
      }
      console.log(`${kind}: ${count} faults`);
      assert(count > 10);
    },
  });
}

/** Where devices come from that fail at the N-th call of a kind, from the first on. */
function faultyGpu(kind: FaultKind, n: number): { gpu: GPU; came: () => boolean } {
  let faults: FaultyGpu | undefined;
  const requestAdapter = async () => {
    const adapter = await navigator.gpu.requestAdapter() as GPUAdapter;
    const original = adapter.requestDevice.bind(adapter);
    Object.defineProperty(adapter, "requestDevice", {
      value: async (descriptor: GPUDeviceDescriptor) => {
        const device = await original(descriptor);
        faults = new FaultyGpu(device);
        faults.arm(kind, n);
        return device;
      },
    });
    return adapter;
  };
  return { gpu: { requestAdapter } as unknown as GPU, came: () => faults?.disarm() ?? false };
}

Deno.test({
  name: "opening a device that fails at any call ends in a typed error, or without what failed",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    for (const kind of faultKinds) {
      for (let n = 1;; n++) {
        const { gpu, came } = faultyGpu(kind, n);
        const end = await openDevice({ gpu }).catch((error: Error) => error);
        const wrong = end instanceof Error;
        if (!came()) {
          assert(!wrong && end.quickReads === knownDenoVersions.includes(Deno.version.deno));
          assert(!wrong && end.adapter.probe.workgroup > 0, `${wrong ? end.stack : ""}`);
          break;
        }
        if (wrong) {
          assert(end instanceof AdapterError, `${kind} ${n}: ${end.stack}`);
          assert.match(end.message, /^Cannot open a device: it fails at its first kernels: \S/);
        } else {
          const { broadcast, workgroup } = end.adapter.probe;
          const slowKernel = kind === "pipeline" && (broadcast === 0 || workgroup === 0);
          assert(slowKernel || !end.quickReads, `${kind} ${n}`);
        }
      }
    }
  },
});
