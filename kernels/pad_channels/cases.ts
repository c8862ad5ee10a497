import { refuse, times } from "../case_tables.ts";
import { tensor } from "../kernel.ts";
import { op, padChannels } from "./pad_channels.ts";
import { prove } from "../prove.ts";
import { reference } from "./reference.ts";

/** Padding of channels. */
export const padChannelsKernel = prove(op, 51, {
  reference,
  roundings: () => 0,
  record: (r, { x }, { channels }) => padChannels(r, x, channels),
  cases(rng) {
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
      ...times(20, () => {
        const channels = rng.integer(1, 40);
        return make([rng.integer(1, 60), channels], channels + rng.integer(0, 20));
      }),
      { ...make([1, 16, 16, 42], 48), model: true },
    ];
  },
  refusals: [
    refuse("wanted no fewer channels than x has: got 7 and x [4, 8]", { x: "4x8" }, {
      channels: 7,
    }),
  ],
});
