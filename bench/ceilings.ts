import {
  type Device,
  elements,
  type Op,
  type Plan,
  record,
  type Shader,
  type Tensor,
} from "../engine/mod.ts";
import { grid } from "../kernels/grid.ts";
import copySource from "./ceiling_copy.wgsl" with { type: "text" };
import multiplySource from "./ceiling_multiply.wgsl" with { type: "text" };
import { measure } from "./measure.ts";

/** What this adapter can do at most, measured here and now. */
export interface Ceilings {
  /** Floating-point operations a second, from registers to registers. */
  readonly flops: number;
  /** Bytes a second, read plus written, from buffer to buffer. */
  readonly bytes: number;
}

const multiplyShader: Shader = { name: "ceiling_multiply.wgsl", source: multiplySource };
const copyShader: Shader = { name: "ceiling_copy.wgsl", source: copySource };

/** The shaders of the ceilings, for the test that compiles everything. */
export const ceilingShaders = [multiplyShader, copyShader];

/** Rounds of 16 * 4 vec4 multiply-adds, in each of `invocations`. */
interface Work {
  readonly rounds: number;
  readonly invocations: number;
}

/** Multiply-adds in registers, and nothing else. */
export const multiply: Op<Record<string, never>, Work> = {
  name: "multiply",
  infer: (_, { invocations }) => [{ shape: [invocations, 4], dtype: "f32" }],
  describe: (_, { rounds }) => `rounds=${rounds}`,
  lower({ outputs: [y], attrs: { rounds, invocations }, dispatch }) {
    dispatch({
      shader: multiplyShader,
      constants: { INVOCATIONS: 64 },
      params: { rounds, factor: 0.5 },
      bindings: { y },
      workgroups: grid(invocations / 64),
    });
  },
  cost: (_, { rounds, invocations }) => ({ flops: invocations * rounds * 64 * 4 * 2, bytes: 0 }),
};

const copy: Op<{ x: Tensor }, Record<string, never>> = {
  name: "copy",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: ({ x }) => `x=${elements(x.shape)}`,
  lower({ inputs: { x }, outputs: [y], dispatch }) {
    const quarter = elements(x.shape) / 16;
    dispatch({
      shader: copyShader,
      params: { quarter },
      bindings: { x, y },
      workgroups: grid(quarter / 256),
    });
  },
  cost: ({ x }) => ({ flops: 0, bytes: 8 * elements(x.shape) }),
};

/** Bytes to copy: far more than caches hold. */
const copied = 2 ** 26;

/**
 * Measures the ceilings, in rounds that last so long. `time` tells the seconds of one run of a plan;
 * wall time if left out.
 */
export async function measureCeilings(
  device: Device,
  roundSeconds: number,
  time = async (plan: Plan) => (await measure(device, () => plan.run(), roundSeconds)).seconds,
): Promise<Ceilings> {
  const work: Work = { rounds: 256, invocations: device.adapter.software ? 2 ** 12 : 2 ** 18 };
  using multiplied = await record(device, (r) => r.apply(multiply, {}, work)[0]);
  using moved = await record(
    device,
    (r) => r.apply(copy, { x: r.input("x", [copied / 4]) }, {})[0],
  );
  moved.write("x", new Float32Array(copied / 4).fill(1));
  // GPUs copy faster by a kernel, software adapters by the command.
  const bytes = [2 * copied / await time(moved), await measureCopy(device, roundSeconds)];
  return {
    bytes: Math.max(...bytes),
    flops: multiply.cost({}, work).flops / await time(multiplied),
  };
}

/** Bytes a second, read plus written, of the device's own copy command. */
async function measureCopy(device: Device, roundSeconds: number): Promise<number> {
  const { gpu, pool } = device;
  using from = pool.buffer(copied, "copied from");
  using to = pool.buffer(copied, "copied to");
  const copy = () => {
    const encoder = gpu.createCommandEncoder({ label: "copy" });
    encoder.copyBufferToBuffer(from.resource, 0, to.resource, 0, copied);
    gpu.queue.submit([encoder.finish()]);
  };
  return 2 * copied / (await measure(device, copy, roundSeconds)).seconds;
}
