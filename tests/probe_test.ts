import assert from "node:assert/strict";
import { type AdapterFacts, isSoftware, openDevice } from "../engine/mod.ts";
import { isCloseCall, probeAdapter } from "../engine/probe.ts";
import { schedule } from "../kernels/schedule.ts";
import { gpuTest, sharedDevice } from "./devices.ts";

const forcedOutside = ["AUTT_MATMUL", "AUTT_ATTENTION", "AUTT_WORKGROUPS"]
  .some((name) => Deno.env.get(name));

const software: AdapterFacts = {
  name: "made up",
  software: true,
  lanes: 8,
  probe: { broadcast: 4, workgroup: 1 },
  subgroupDirective: "",
  f16: true,
  timestamps: true,
  forced: {},
};
const gpu: AdapterFacts = {
  ...software,
  software: false,
  lanes: 32,
  probe: { broadcast: 100, workgroup: 1000 },
};

gpuTest("the probe measures what the adapter can do, and finds it right", async () => {
  const { gpu: device, adapter } = await sharedDevice();
  const min = adapter.lanes, { timestamps } = adapter;
  const found = await probeAdapter(device, min, timestamps);
  assert(found.workgroup > 0 && Number.isFinite(found.workgroup), `${found.workgroup}`);
  assert.equal(found.lanes, adapter.lanes);
  assert(found.milliseconds > 0 && found.milliseconds < 1e6, `${found.milliseconds} ms`);
  if (!adapter.software) return console.log("left out: how many lanes: not a software adapter");
  assert([4, 8, 16].includes(found.lanes), `${found.lanes} lanes`);
  if (/256 bits/.test(adapter.name)) assert.equal(found.lanes, 8);
  assert(found.broadcast > 0 && Number.isFinite(found.broadcast), `${found.broadcast}`);
});

Deno.test("a software adapter is known by how slow it is, and by name where that is all there is", () => {
  const info = (description: string, isFallbackAdapter = false) =>
    ({
      description,
      vendor: "",
      architecture: "",
      device: "",
      isFallbackAdapter,
    }) as GPUAdapterInfo;
  // As measured: a driver that nobody has heard of, on the CPU and not.
  assert.equal(isSoftware(info("Some CPU driver"), 0.8), true);
  assert.equal(isSoftware(info("Some CPU driver"), 0.15), true);
  assert.equal(isSoftware(info("NVIDIA H200"), 90.5), false);
  // Not measured, or wrong.
  assert.equal(isSoftware(info("NVIDIA H200")), false);
  assert.equal(isSoftware(info("NVIDIA H200"), 0), false);
  assert.equal(isSoftware(info("Some CPU driver", true)), true);
  for (const name of ["llvmpipe (LLVM 15)", "SwiftShader", "Microsoft Basic Render Driver"]) {
    assert.equal(isSoftware(info(name)), true, name);
    assert.equal(isSoftware(info(name), 6), true, `${name} on many cores`);
  }
});

Deno.test("the probe measures again where workgroup memory wins by less than two times", () => {
  // SwiftShader on a busy machine: the first of 27 openings that chose wrongly.
  assert.equal(isCloseCall(0.24, 0.26), true);
  assert.equal(isCloseCall(0.83, 0.35), false);
  assert.equal(isCloseCall(0.1, 0.3), false);
  assert.equal(isCloseCall(0, 0.3), false);
});

gpuTest("the probe works without timestamps", async () => {
  const { gpu: device, adapter } = await sharedDevice();
  const found = await probeAdapter(device, adapter.lanes, false);
  assert(found.workgroup > 0);
  assert.equal(found.lanes, adapter.lanes);
});

gpuTest("the probe trusts no number of lanes that it does not know or that is wrong", async () => {
  const { gpu: device, adapter } = await sharedDevice();
  for (const lanes of [0, 3, 64]) {
    const { lanes: found, broadcast } = await probeAdapter(device, lanes, adapter.timestamps);
    assert.deepEqual([lanes, found, broadcast], [lanes, 0, 0]);
  }
  if (adapter.lanes !== 8) return console.log("left out: wrong lanes: the adapter has not 8");
  // 16 lanes in subgroups of 8: texels 8 to 15 of a row would come from the wrong rows.
  const wrong = await probeAdapter(device, 16, adapter.timestamps);
  assert.equal(wrong.broadcast > 0, wrong.lanes > 0);
});

Deno.test("schedule() follows what the probe found", () => {
  if (forcedOutside) return console.log("left out: families are forced from outside");
  assert.deepEqual(schedule(software), {
    matmul: "panel",
    attention: "subgroup",
    readTexels: true,
    rowInvocations: 8,
    longestOwnRow: Infinity,
    flatInvocations: 64,
    widestGrid: 65535,
  });
  assert.deepEqual(schedule(gpu), {
    matmul: "tile",
    attention: "tile",
    readTexels: false,
    rowInvocations: 128,
    longestOwnRow: 8,
    flatInvocations: 256,
    widestGrid: 65535,
  });
  assert.equal(schedule({ ...software, lanes: 0 }).matmul, "tile");
  assert.equal(schedule({ ...software, probe: { broadcast: 1, workgroup: 4 } }).matmul, "tile");
});

Deno.test("schedule() follows what is forced", () => {
  if (forcedOutside) return console.log("left out: families are forced from outside");
  const forced = (words: Record<string, string>) => schedule({ ...software, forced: words });
  assert.equal(forced({ matmul: "tile" }).matmul, "tile");
  assert.equal(forced({ matmul: "tile" }).attention, "subgroup");
  assert.equal(forced({ attention: "tile" }).attention, "tile");
  assert.equal(forced({ workgroups: "wide" }).rowInvocations, 128);
  assert.equal(
    schedule({ ...gpu, forced: { matmul: "panel", workgroups: "narrow" } }).matmul,
    "panel",
  );
});

Deno.test("schedule() refuses unknown families with the list of those known", () => {
  const cases = [
    [{ matmul: "fast" }, 'Cannot choose matmul family "fast": wanted one of panel, tile'],
    [
      { attention: "panel" },
      'Cannot choose attention family "panel": wanted one of subgroup, tile',
    ],
    [{ workgroups: "" }, 'Cannot choose workgroups family "": wanted one of narrow, wide'],
  ] as const;
  for (const [forced, message] of cases) {
    assert.throws(() => schedule({ ...software, forced }), { name: "TypeError", message });
  }
});

Deno.test("schedule() refuses broadcast families where there is no broadcast", () => {
  for (const [kernel, family] of [["matmul", "panel"], ["attention", "subgroup"]] as const) {
    assert.throws(() => schedule({ ...software, lanes: 0, forced: { [kernel]: family } }), {
      name: "TypeError",
      message: `Cannot choose ${kernel} family "${family}": the adapter has no usable subgroup ` +
        `broadcast`,
    });
  }
});

Deno.test({
  name: "families given to openDevice() are those that its kernels use",
  sanitizeResources: false,
  async fn() {
    using device = await openDevice({ families: { matmul: "tile", workgroups: "wide" } });
    const { matmul, rowInvocations } = schedule(device.adapter);
    assert.deepEqual([matmul, rowInvocations], ["tile", 128]);
  },
});
