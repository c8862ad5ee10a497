import { sizeAt } from "../../engine/mod.ts";
import { caseOf, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, prove, tensor } from "../kernel.ts";
import { embed, op } from "./embed.ts";

/** Token embedding with position. */
export const embedKernel = prove(op, 11, {
  reference({ ids, table, position }) {
    const width = sizeAt(table.shape, 1), tokens = sizeAt(ids.shape, 1);
    const y = new Float64Array(ids.data.length * width);
    for (const [row, id] of ids.data.entries()) {
      for (let c = 0; c < width; c++) {
        y[row * width + c] = (table.data[id * width + c] ?? NaN) +
          (position.data[row % tokens * width + c] ?? NaN);
      }
    }
    return [{ shape: [...ids.shape, width], data: y }];
  },
  roundings: () => 1,
  record: (r, { ids, table, position }) => embed(r, ids, table, position),
  cases(rng) {
    const make = ([b = 1, t = 1, v = 1, d = 1, positions = t, most = v]: number[]) =>
      caseOf(
        { ids: tensor([b, t], below(most), "u32"), table: [v, d], position: [positions, d] },
        {},
        most > v ? "ids outside the table" : undefined,
      );
    return [
      ...[[1, 1, 1, 1], [1, 1, 3, 4], [2, 3, 5, 7], [3, 5, 11, 8, 9], [2, 7, 100, 13, 77]].map(
        make,
      ),
      ...[[4, 6, 10, 12, 6, 20], [4, 6, 10, 5, 6, 20]].map(make),
      ...times(30, () => make(randomShape(rng, 9, 20, 300, 130))),
      ...ofModels("46x13x2000x512x77 46x77x2000x512", make),
    ];
  },
  refusals: ([
    ["ids must be [B, T]: got [6]", "6 u32", "9x8", "6x8"],
    ["position must be [3 or more, 8]: got [2, 8]", "2x3 u32", "9x8", "2x8"],
    ["table must be [V, D]: got [9]", "2x3 u32", "9", "3x8"],
  ] as const).map(([says, ids, table, position]) => refuse(says, { ids, table, position })),
});
