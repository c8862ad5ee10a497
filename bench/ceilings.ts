import { type Device, elements, type Op, record, type Shader, type Tensor } from "../engine/mod.ts";
import { choose } from "../kernels/choice.ts";
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

const copyShader: Shader = { name: "ceiling_copy.wgsl", source: copySource };
const multiplyShader: Shader = { name: "ceiling_multiply.wgsl", source: multiplySource };

/** The shaders of the ceilings, for the test that compiles everything. */
export const ceilingShaders = [copyShader, multiplyShader];

const copy: Op<{ x: Tensor }, Record<string, never>> = {
  name: "copy",
  infer: ({ x }) => [{ shape: x.shape, dtype: "f32" }],
  describe: ({ x }) => `n=${elements(x.shape)}`,
  lower({ inputs: { x }, outputs: [y], adapter, dispatch }) {
    const count4 = elements(x.shape) / 4, invocations = choose(adapter).flatInvocations;
    dispatch({
      shader: copyShader,
      constants: { INVOCATIONS: invocations },
      params: { count4 },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count4 / invocations)),
    });
  },
  reference: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 0, bytes: 8 * elements(x.shape) }),
  roundings: () => 0,
};

/** Rounds of 8 * 8 vec4 multiply-adds, in each of `invocations`. */
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
  reference: (_, { invocations }) => [{
    shape: [invocations, 4],
    // a = a / 2 + 1 / 2 ends at 1, from wherever it starts; eight of them are added up.
    data: new Float64Array(4 * invocations).fill(8),
  }],
  cost: (_, { rounds, invocations }) => ({ flops: invocations * rounds * 64 * 4 * 2, bytes: 0 }),
  roundings: () => 1,
};

/** Measures the ceilings: a few seconds. */
export async function measureCeilings(device: Device): Promise<Ceilings> {
  const software = device.adapter.software;
  const size = software ? 2 ** 22 : 2 ** 24;
  using copying = await record(device, (r) => r.apply(copy, { x: r.input("x", [size]) }, {})[0]);
  const work: Work = software
    ? { rounds: 256, invocations: 2 ** 12 }
    : { rounds: 256, invocations: 2 ** 18 };
  using multiplying = await record(device, (r) => r.apply(multiply, {}, work)[0]);
  const bytes = copy.cost({ x: copying.outputs }, {}).bytes;
  const { flops } = multiply.cost({}, work);
  return {
    bytes: bytes / (await measure(device, copying)).seconds,
    flops: flops / (await measure(device, multiplying)).seconds,
  };
}
