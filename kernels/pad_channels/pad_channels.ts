import { formatShape, type Recorder, sizeAt, type Tensor } from "../../engine/mod.ts";
import { perElement } from "../per_element.ts";
import type { Tensors } from "../shapes.ts";
import { slice } from "../slice/slice.ts";
import source from "./pad_channels.wgsl" with { type: "text" };

export const op = perElement<Tensors<"x">, { readonly channels: number }>({
  name: "pad_channels",
  source,
  reads: { x: "E" },
  vec4: ({ x }, { channels }) => channels % 4 === 0 && sizeAt(x.shape, -1) % 4 === 0,
  texels: true,
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
  params: ({ x }, { channels }, per) => ({
    channels: sizeAt(x.shape, -1) / per,
    padded: channels / per,
  }),
  gradient: (r, { inputs: { x }, dy }) => ({
    x: slice(r, dy, { first: 0, count: sizeAt(x.shape, -1) }),
  }),
});

/** So many channels, the last axis, instead of fewer: the new ones are zeros. */
export function padChannels(recorder: Recorder, x: Tensor, channels: number): Tensor {
  return recorder.apply(op, { x }, { channels })[0];
}
