import "../engine/deno_host.ts";
import assert from "node:assert/strict";
import {
  AdapterError,
  adapterName,
  isSoftware,
  openDevice,
  parseAdapterChoice,
  requestAdapter,
} from "../engine/mod.ts";
import { rejection, runDeno } from "./fakes.ts";

Deno.test("an unknown adapter word is refused with the list of those known", async () => {
  assert.equal(parseAdapterChoice("low-power"), "low-power");
  assert.throws(() => parseAdapterChoice("cuda"), {
    name: "TypeError",
    message: 'Cannot choose adapter "cuda": wanted one of auto, low-power, high-performance, ' +
      "software",
  });
  // In a process of its own: the environment is one for all tests that run at the same time.
  const { code, stderr } = await runDeno(
    ["eval", "--no-check", 'import { openDevice } from "./mod.ts"; await openDevice();'],
    { AUTT_ADAPTER: "fastest" },
  );
  assert.notEqual(code, 0);
  assert.match(stderr, /Cannot choose adapter "fastest": wanted one of auto, /);
});

Deno.test({
  name: 'the adapter "software" is one, or there is a worded refusal',
  sanitizeResources: false,
  async fn() {
    try {
      using device = await openDevice({ adapter: "software" });
      assert.equal(device.adapter.software, true);
    } catch (error) {
      assert(error instanceof AdapterError);
      assert.match(error.message, /^Cannot open a device: no software adapter: /);
    }
  },
});

Deno.test("each adapter choice asks for what it names", async () => {
  const asked: unknown[] = [];
  const gpu = {
    requestAdapter: (options: unknown) => {
      asked.push(options);
      return Promise.resolve({} as GPUAdapter);
    },
  } as unknown as GPU;
  for (const choice of ["auto", "low-power", "high-performance", "software"] as const) {
    await requestAdapter(gpu, choice);
  }
  assert.deepEqual(asked, [
    {},
    { powerPreference: "low-power" },
    { powerPreference: "high-performance" },
    { forceFallbackAdapter: true },
  ]);
});

Deno.test("a machine without an adapter is told what to install", async () => {
  const gpu = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
  const error = await rejection(openDevice({ gpu, adapter: "auto" }));
  assert(error instanceof AdapterError);
  assert.match(error.message, /^Cannot open a device: no adapter: \S+/);
  if (Deno.build.os === "linux") assert.match(error.message, /apt-get install mesa-vulkan-drivers/);
  const none = await rejection(requestAdapter(undefined, "auto"));
  assert(none instanceof AdapterError);
  assert.match(none.message, /no WebGPU: use Deno 2\.9/);
});

Deno.test("adapters are named by what they say, and software ones known by it", () => {
  const info = (more: object) =>
    ({ description: "", vendor: "", architecture: "", device: "", ...more }) as GPUAdapterInfo;
  assert.equal(adapterName(info({})), "unknown adapter");
  assert.equal(adapterName(info({ vendor: "v", device: "d" })), "v d");
  assert.equal(adapterName(info({ vendor: "v", description: "llvmpipe" })), "llvmpipe");
  assert.equal(isSoftware(info({ description: "llvmpipe (LLVM 15)" })), true);
  assert.equal(isSoftware(info({ vendor: "Google", device: "SwiftShader Device" })), true);
  assert.equal(isSoftware(info({ isFallbackAdapter: true })), true);
  assert.equal(Boolean(isSoftware(info({ description: "NVIDIA H200" }))), false);
});
