import { Rng } from "../../engine/mod.ts";
import { type Case, type Kernel, tensor } from "../kernel.ts";
import { op, padChannels, type PadChannelsAttrs, type PadChannelsInputs } from "./pad_channels.ts";
import { reference } from "./reference.ts";

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
  reference,
  roundings: () => 0,
  record: (r, { x }, { channels }) => padChannels(r, x, channels),
  shaders: op.shaders,
  cases,
  refusals: [
    {
      inputs: { x: tensor([4, 8]) },
      attrs: { channels: 7 },
      says: "wanted no fewer channels than x has: got 7 and x [4, 8]",
    },
  ],
};
