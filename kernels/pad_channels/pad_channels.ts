import {
  elements,
  formatShape,
  type Op,
  type Recorder,
  type Shader,
  sizeAt,
  type Tensor,
} from "../../engine/mod.ts";
import { choose } from "../choice.ts";
import { grid } from "../grid.ts";
import source from "./pad_channels.wgsl" with { type: "text" };

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

export const shader: Shader = { name: "pad_channels.wgsl", source };

export const op: Op<PadChannelsInputs, PadChannelsAttrs> = {
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

  cost: ({ x }, { channels }) => ({
    flops: 0,
    bytes: 4 * elements(x.shape) * (1 + channels / sizeAt(x.shape, -1)),
  }),
};

/** More channels, the last axis, of zeros. */
export function padChannels(recorder: Recorder, x: Tensor, channels: number): Tensor {
  return recorder.apply(op, { x }, { channels })[0];
}
