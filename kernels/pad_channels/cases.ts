import { sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { op, padChannels } from "./pad_channels.ts";

/** Padding of channels. */
export const padChannelsKernel = prove(op, 51, {
  // The same with channels of zeros at the end.
  reference({ x }, { channels: padded }) {
    const channels = sizeAt(x.shape, -1), rows = x.data.length / channels;
    const data = new Float64Array(rows * padded);
    for (let row = 0; row < rows; row++) {
      data.set(x.data.subarray(row * channels, (row + 1) * channels), row * padded);
    }
    return [{ shape: [...x.shape.slice(0, -1), padded], data }];
  },
  roundings: () => 0,
  record: (r, { x }, { channels }) => padChannels(r, x, channels),
  cases(rng) {
    const make = (shape: number[], channels: number) => caseOf({ x: tensor(shape) }, { channels });
    return [
      make([1], 1),
      make([1], 5),
      make([3, 4], 4),
      make([257, 1], 3),
      make([2, 3, 5, 7], 8),
      make([1, 4], 8),
      make([67, 8], 12),
      make([5, 8], 13),
      make([8, 5], 8), // neither in fours
      ...times(20, () => {
        const channels = rng.integer(1, 40);
        return make([rng.integer(1, 60), channels], channels + rng.integer(0, 20));
      }),
      { ...make([1, 64, 64, 24], 28), model: true },
    ];
  },
  refusals: [
    refuse("wanted no fewer channels than x has: got 7 and x [4, 8]", { x: "4x8" }, {
      channels: 7,
    }),
  ],
});
