import { type Device, type Op, record, type Shader } from "../engine/mod.ts";
import { grid } from "../kernels/grid.ts";
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

/** The shaders of the ceilings, for the test that compiles everything. */
export const ceilingShaders = [multiplyShader];

/** Rounds of 16 * 4 vec4 multiply-adds, in each of `invocations`. */
interface Work {
  readonly rounds: number;
  readonly invocations: number;
}

const multiply: Op<Record<string, never>, Work> = {
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

/** Measures the ceilings, in rounds that last so long. */
export async function measureCeilings(device: Device, roundSeconds: number): Promise<Ceilings> {
  const work: Work = { rounds: 256, invocations: device.adapter.software ? 2 ** 12 : 2 ** 18 };
  using plan = await record(device, (r) => r.apply(multiply, {}, work)[0]);
  const { seconds } = await measure(device, () => plan.run(), roundSeconds);
  return {
    bytes: await measureCopy(device, roundSeconds),
    flops: multiply.cost({}, work).flops / seconds,
  };
}

/** Bytes a second, read plus written, of the device's own copy command on buffers beyond caches. */
async function measureCopy(device: Device, roundSeconds: number): Promise<number> {
  const { gpu, pool } = device, size = 2 ** 26;
  using from = pool.buffer(size, "copied from");
  using to = pool.buffer(size, "copied to");
  const copy = () => {
    const encoder = gpu.createCommandEncoder({ label: "copy" });
    encoder.copyBufferToBuffer(from.resource, 0, to.resource, 0, size);
    gpu.queue.submit([encoder.finish()]);
  };
  return 2 * size / (await measure(device, copy, roundSeconds)).seconds;
}
