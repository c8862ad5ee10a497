import assert from "node:assert/strict";
import {
  checkedLimits,
  type Device,
  type Dispatch,
  type Limits,
  record,
  type Tensor,
  Weights,
} from "../engine/mod.ts";
import { program } from "../engine/pipelines.ts";
import { throughTexels } from "./fakes.ts";
import { gpuTest, sharedDevice } from "./devices.ts";
import { deviceWith, fake } from "./fakes.ts";

/** Limits that nothing passes. */
const endless = Object.fromEntries(checkedLimits.map((limit) => [limit, Infinity])) as Limits;

/** What each limit says, of which kernel, with which figure, and how it is provoked. */
interface Provocation {
  /** What the device allows. */
  readonly allowed: number;
  readonly message: string;
  readonly provoke: (device: Device) => Promise<unknown>;
}

/** Records a dispatch of a shader of the test's own. */
function dispatching(
  source: string,
  change: (x: Tensor, y: Tensor) => Partial<Dispatch> = () => ({}),
) {
  return (device: Device) =>
    record(device, (r) =>
      fake(r, r.input("x", [64]), "", {
        lower: ({ inputs: { x }, outputs: [y], dispatch }) =>
          dispatch({
            shader: { name: "limit.wgsl", source },
            bindings: { x, y },
            workgroups: [1],
            ...change(x, y),
          }),
      }));
}

const bindings = `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
`;
const main = (size: string, more = "") =>
  `${bindings}${more}@compute @workgroup_size(${size}) fn main() { y[0] = x[0]; }`;

const provocations: Record<keyof Limits, Provocation[]> = {
  maxBufferSize: [
    {
      allowed: 1024,
      message: "Cannot run big: the size of its memory in bytes is 4096: this device allows 1024",
      provoke: (device) => record(device, (r) => ({ big: r.input("big", [1024]) })),
    },
    {
      allowed: 1024,
      message: "Cannot run w: its size in bytes is 4096: this device allows 1024",
      provoke: async (device) => {
        using weights = new Weights(device);
        return await Promise.resolve(weights.empty("w", [1024], "f32"));
      },
    },
  ],
  maxStorageBufferBindingSize: [{
    allowed: 240,
    message: 'Cannot run fake[N=64]: the size of "x" in bytes is 256: this device allows 240',
    provoke: dispatching(main("1")),
  }],
  maxStorageBuffersPerShaderStage: [{
    allowed: 1,
    message: "Cannot run limit.wgsl: the number of buffers is 2: this device allows 1",
    provoke: dispatching(main("1")),
  }],
  maxStorageTexturesPerShaderStage: [{
    allowed: 0,
    message: "Cannot run through_texels.wgsl: the number of textures is 1: this device allows 0",
    provoke: (device) =>
      record(device, (r) => r.apply(throughTexels, { x: r.input("x", [64]) }, {})[0]),
  }],
  maxTextureDimension2D: [
    {
      allowed: 1,
      message: "Cannot run long: the height of its texture is 2: this device allows 1",
      provoke: (device) =>
        record(device, (r) => r.apply(throughTexels, { x: r.input("long", [4100]) }, {})[0]),
    },
    {
      allowed: 64,
      message: "Cannot run fake[N=64].t: texture size is 65: this device allows 64",
      provoke: (device) =>
        record(device, (r) =>
          fake(r, r.input("x", [64]), "", {
            lower: ({ scratchTexture }) => void scratchTexture("t", 3, 65, "rgba32float"),
          })),
    },
    {
      allowed: 64,
      message: "Cannot run w: its texture size is 65: this device allows 64",
      provoke: async (device) => {
        using weights = new Weights(device);
        return await Promise.resolve(weights.texture("w", 65, 3, "rgba16float"));
      },
    },
  ],
  maxComputeWorkgroupStorageSize: [{
    allowed: 16384,
    message: "Cannot run limit.wgsl: workgroup memory in bytes is 16388: this device allows 16384",
    provoke: dispatching(
      main(
        "1",
        "const ROWS = 512u;\nvar<workgroup> a: array<vec4f, ROWS * 2 + 0>;\nvar<workgroup> b: f32;\n",
      ),
    ),
  }],
  maxComputeInvocationsPerWorkgroup: [{
    allowed: 256,
    message: "Cannot run limit.wgsl: workgroup size is 272: this device allows 256",
    provoke: dispatching(main("17, SIZE, 2", "override SIZE: u32;\n"), () => ({
      constants: { SIZE: 8 },
    })),
  }],
  maxComputeWorkgroupSizeX: [{
    allowed: 128,
    message: "Cannot run limit.wgsl: workgroup width is 129: this device allows 128",
    provoke: dispatching(main("129")),
  }],
  maxComputeWorkgroupSizeY: [{
    allowed: 16,
    message: "Cannot run limit.wgsl: workgroup height is 17: this device allows 16",
    provoke: dispatching(main("1, 17")),
  }],
  maxComputeWorkgroupSizeZ: [{
    allowed: 4,
    message: "Cannot run limit.wgsl: workgroup depth is 5: this device allows 4",
    provoke: dispatching(main("1, 1, 5")),
  }],
  maxComputeWorkgroupsPerDimension: [
    ...([[70_000], [1, 70_000], [1, 1, 70_000]] as const).map((workgroups) => ({
      allowed: 65535,
      message: "Cannot run fake[N=64]: the number of workgroups is 70000: this device allows 65535",
      provoke: dispatching(main("1"), () => ({ workgroups })),
    })),
  ],
};

for (const limit of checkedLimits) {
  for (const [i, { allowed, message, provoke }] of provocations[limit].entries()) {
    gpuTest(
      `${limit} is refused in words before anything reaches the device (${i + 1})`,
      async () => {
        const device = await sharedDevice();
        const { bytesUsed } = device.pool, { size } = device.pipelines;
        await assert.rejects(provoke(deviceWith(device, { limits: { [limit]: allowed } })), {
          name: "RangeError",
          message: `${message} (${limit})`,
        });
        assert.equal(device.pool.bytesUsed, bytesUsed);
        // Only memory is worked out after the kernels are compiled.
        if (limit !== "maxBufferSize") assert.equal(device.pipelines.size, size);
        await device.settled();
      },
    );
  }
}

Deno.test("a figure that just fits a limit is taken", () => {
  const shader = {
    name: "fits.wgsl",
    source: main("16, 16", "var<workgroup> a: array<f32, 4096>;"),
  };
  const build = (limits: Partial<Limits>) => program(shader, {}, {}, { ...endless, ...limits }, "");
  build({ maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 16384 });
  build({
    maxComputeWorkgroupSizeX: 16,
    maxComputeWorkgroupSizeY: 16,
    maxComputeWorkgroupSizeZ: 1,
  });
  build({ maxStorageBuffersPerShaderStage: 2, maxStorageTexturesPerShaderStage: 0 });
  assert.throws(() => build({ maxComputeInvocationsPerWorkgroup: 255 }), RangeError);
  assert.throws(() => build({ maxComputeWorkgroupStorageSize: 16383 }), RangeError);
});

gpuTest("the limits that are checked are those of the device itself", async () => {
  const device = await sharedDevice();
  for (const limit of checkedLimits) assert.equal(device.limits[limit], device.gpu.limits[limit]);
});
