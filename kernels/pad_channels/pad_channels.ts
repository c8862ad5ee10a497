import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  Rng,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import source from "./pad_channels.wgsl" with { type: "text" };
import { reference } from "./reference.ts";

/** Operand of the padding. */
export interface PadChannelsInputs {
  /** `[..., C]` */
  readonly x: Tensor;
}

/** Settings of the padding. */
export interface PadChannelsAttrs {
  /** How many channels there are to be; no fewer than there are. */
  readonly channels: number;
}

const shader: Shader = { name: "pad_channels.wgsl", source };

const op: Op<PadChannelsInputs, PadChannelsAttrs> = {
  name: "pad_channels",

  infer({ x }, { channels }) {
    if (x.shape.length < 1 || !Number.isInteger(channels) || channels < sizeAt(x.shape, -1)) {
      throw new TypeError(
        `Cannot record pad_channels: wanted no fewer channels than x has: got ${channels} and x ` +
          formatShape(x.shape),
      );
    }
    return [{ shape: [...x.shape.slice(0, -1), channels], dtype: "f32" }];
  },

  describe: ({ x }, { channels }) => `x=${x.shape.join("x")},C=${channels}`,

  lower({ inputs: { x }, outputs: [y], attrs: { channels }, adapter, dispatch }) {
    const count = elements(y.shape), invocations = choose(adapter).flatInvocations;
    dispatch({
      shader,
      constants: { INVOCATIONS: invocations },
      params: { count, channels: sizeAt(x.shape, -1), padded: channels },
      bindings: { x, y },
      workgroups: grid(Math.ceil(count / invocations)),
    });
  },

  reference,

  cost: ({ x }, { channels }) => ({
    flops: 0,
    bytes: 4 * elements(x.shape) * (1 + channels / sizeAt(x.shape, -1)),
  }),

  roundings: () => 0,
};

/** More channels, the last axis, of zeros. */
export function padChannels(recorder: Recorder, x: Tensor, channels: number): Tensor {
  return recorder.apply(op, { x }, { channels })[0];
}

function cases(): Case<PadChannelsAttrs>[] {
  const rng = new Rng(51);
  const make = (shape: number[], channels: number) => ({
    inputs: { x: tensor(shape) },
    attrs: { channels },
  });
  return [
    make([1], 1),
    make([1], 5),
    make([3, 4], 4),
    make([257, 1], 3),
    make([2, 3, 5, 7], 8),
    ...Array.from({ length: 20 }, () => {
      const channels = rng.integer(1, 40);
      return make([rng.integer(1, 60), channels], channels + rng.integer(0, 20));
    }),
    { ...make([1, 16, 16, 42], 48), model: true },
  ];
}

/** Padding of channels. */
export const padChannelsKernel: Kernel<PadChannelsInputs, PadChannelsAttrs> = {
  op,
  record: (r, { x }, { channels }) => padChannels(r, x, channels),
  shaders: [shader],
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]) },
      attrs: { channels: 7 },
      says: "wanted no fewer channels than x has: got 7 and x [4, 8]",
    },
  ],
};
