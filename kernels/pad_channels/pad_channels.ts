import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import type { OneOperand } from "../shapes.ts";
import source from "./pad_channels.wgsl" with { type: "text" };

/** Settings of the padding. */
export interface PadChannelsAttrs {
  /** How many channels there are to be; no fewer than there are. */
  readonly channels: number;
}

export const op = perElement<OneOperand, PadChannelsAttrs>({
  name: "pad_channels",
  source,
  reads: { x: "f32" },
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
  params: ({ x }, { channels }) => ({ channels: sizeAt(x.shape, -1), padded: channels }),
});

/** More channels, the last axis, of zeros. */
export function padChannels(recorder: Recorder, x: Tensor, channels: number): Tensor {
  return recorder.apply(op, { x }, { channels })[0];
}
