import "../engine/deno_host.ts";
import { type Device, openDevice } from "../engine/mod.ts";

/**
 * The kernel designs that tests run, on whatever adapter there is: those chosen for it, and those
 * for a GPU.
 */
export const designs = {
  chosen: {},
  gpu: { matmul: "tile", attention: "tile", workgroups: "wide" },
} as const;

const opened = new Map<string, Promise<Device>>();

/** One device a design for the whole test process: opening one costs far more than a case. */
export function sharedDevice(design: keyof typeof designs = "chosen"): Promise<Device> {
  let device = opened.get(design);
  if (!device) opened.set(design, device = openDevice({ families: designs[design] }));
  return device;
}

/**
 * A test that fails as well when the device reports an error that nobody asked for: Deno itself
 * would let it pass in silence.
 */
export function gpuTest(name: string, body: () => Promise<void>): void {
  Deno.test({
    name,
    // The shared device outlives the test, on purpose.
    sanitizeResources: false,
    sanitizeOps: false,
    async fn() {
      const own = await Promise.allSettled([body()]);
      // All devices are asked before the first error is thrown: none may wait for the next test.
      const left = await Promise.allSettled(
        [...opened.values()].map(async (device) => (await device).settled()),
      );
      for (const end of [...left, ...own]) if (end.status === "rejected") throw end.reason;
    },
  });
}
