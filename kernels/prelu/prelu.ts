import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  sameShape,
  type Shader,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import source from "./prelu.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operands of PReLU. */
export interface PreluInputs {
  /** `[..., C]` */
  readonly x: Tensor;
  /** `[C]` */
  readonly slope: Tensor;
}

const shader: Shader = {
  name: "prelu.wgsl",
  source,
  flags: { ELEMENT: ["vec4f", "f32"] },
};

const op: Op<PreluInputs, Record<string, never>> = {
  name: "prelu",

  infer({ x, slope }) {
    if (slope.shape.length !== 1 || !sameShape(slope.shape, x.shape.slice(-1))) {
      throw new TypeError(
        `Cannot record prelu: slope must have one number for each channel: ` +
          `got x ${formatShape(x.shape)} and slope ${formatShape(slope.shape)}`,
      );
    }
    return [{ shape: x.shape, dtype: "f32" }];
  },

  describe: ({ x }) => `x=${x.shape.join("x")}`,

  lower({ inputs: { x, slope }, outputs: [y], adapter, dispatch }) {
    const channels = elements(slope.shape), width = channels % 4 === 0 ? 4 : 1;
    const count = elements(x.shape) / width;
    const invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      flags: { ELEMENT: width === 4 ? "vec4f" : "f32" },
      constants: { INVOCATIONS: invocations },
      params: { count, channels: channels / width },
      bindings: { x, slope, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost: ({ x, slope }) => ({
    flops: elements(x.shape),
    bytes: 4 * (2 * elements(x.shape) + elements(slope.shape)),
  }),

  roundings: () => 1,
};

/** PReLU: below 0, a line of its own slope for each channel. */
export function prelu(recorder: Recorder, x: Tensor, slope: Tensor): Tensor {
  return recorder.apply(op, { x, slope }, {})[0];
}

function cases(): Case<Record<string, never>>[] {
  const rng = new Rng(26);
  const make = (shape: number[], more: Partial<Case<Record<string, never>>> = {}) => ({
    inputs: { x: tensor(shape), slope: tensor(shape.slice(-1)) },
    attrs: {},
    ...more,
  });
  const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, -3.4e38, -1e-30];
  return [
    make([1]),
    make([4]),
    make([5]),
    make([1, 1, 1, 1]),
    make([7, 1]),
    make([3, 4]),
    make([2, 3, 5, 8]),
    make([2, 3, 5, 7]),
    make([257, 3]),
    ...[7, 8].map((channels) => ({
      ...make([24, channels], { note: "special values" }),
      inputs: {
        x: tensor([24, channels], (_, i) => special[i % 8] ?? 0),
        slope: tensor([channels], (_, i) => special[Math.floor(i * 3) % 8] ?? 0),
      },
    })),
    {
      ...make([9, 8], { note: "as ReLU" }),
      inputs: { x: tensor([9, 8]), slope: tensor([8], () => 0) },
    },
    ...Array.from(
      { length: 30 },
      () => make([rng.integer(1, 3), rng.integer(1, 20), rng.integer(1, 20), rng.integer(1, 40)]),
    ),
    // Layers of MediaPipe's face mesh.
    make([1, 96, 96, 16], { model: true }),
    make([1, 24, 24, 64]),
    make([1, 3, 3, 128]),
  ];
}

/** PReLU. */
export const preluKernel: Kernel<PreluInputs, Record<string, never>> = {
  op,
  record: (r, { x, slope }) => prelu(r, x, slope),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]), slope: tensor([4]) },
      attrs: {},
      says: "slope must have one number for each channel: got x [4, 8] and slope [4]",
    },
    {
      inputs: { x: tensor([4, 8]), slope: tensor([1, 8]) },
      attrs: {},
      says: "got x [4, 8] and slope [1, 8]",
    },
  ],
};
