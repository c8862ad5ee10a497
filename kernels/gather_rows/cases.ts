import { elements, sizeAt } from "../../engine/mod.ts";
import { caseOf, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { below, prove, tensor } from "../kernel.ts";
import { rowsOf } from "../shapes.ts";
import { gatherOp, gatherRows, scatterOp, scatterRows } from "./gather_rows.ts";

/** Gathering of rows. */
export const gatherRowsKernel = prove(gatherOp, 12, {
  // The rows that the index names; NaN where it names none.
  reference({ x, index }) {
    const width = sizeAt(x.shape, -1);
    const y = new Float64Array(index.data.length * width);
    for (const [i, row] of index.data.entries()) {
      for (let c = 0; c < width; c++) y[i * width + c] = x.data[row * width + c] ?? NaN;
    }
    return [{ shape: [...index.shape, width], data: y }];
  },
  roundings: () => 0,
  record: (r, { x, index }) => gatherRows(r, x, index),
  cases(rng) {
    const make = (index: number[], shape: number[], most = rowsOf(shape).rows) =>
      caseOf(
        { x: shape, index: tensor(index, below(most), "u32") },
        {},
        most > rowsOf(shape).rows ? "indices outside" : undefined,
      );
    return [
      make([1], [1, 1]),
      make([3], [1, 4]),
      make([5], [7, 3]),
      make([2], [3, 5, 8]),
      make([9], [4, 16], 9),
      make([9], [4, 7], 9),
      make([300], [2, 1]),
      make([3, 1], [3, 5, 8]),
      make([2, 3, 2], [7, 5]),
      ...times(30, () => make(randomShape(rng, 50), randomShape(rng, 60, 130))),
      ...ofModels("16x50x768", (shape) => make([16, 1], shape)),
      ...ofModels("46x13x512", (shape) => make([46], shape)),
    ];
  },
  refusals: [
    refuse("index must have an axis: got a scalar", { x: "4x8", index: "scalar u32" }),
  ],
});

/** Scattering of rows. */
export const scatterRowsKernel = prove(scatterOp, 35, {
  // Rows added to rows of zeros; what the index sends elsewhere goes nowhere.
  reference({ x, index }, { shape }) {
    const width = sizeAt(x.shape, -1), y = new Float64Array(elements(shape));
    for (const [n, row] of index.data.entries()) {
      for (let c = 0; c < width; c++) {
        const at = row * width + c;
        if (at < y.length) y[at] = (y[at] ?? NaN) + (x.data[n * width + c] ?? NaN);
      }
    }
    return [{ shape, data: y }];
  },
  // Rows may go to the same place: then it is a sum of as many as there are, at the most.
  roundings: ({ x }) => rowsOf(x.shape).rows,
  record: (r, { x, index }, { shape }) => scatterRows(r, x, index, shape),
  cases(rng) {
    const make = (index: number[], shape: number[], most = rowsOf(shape).rows) =>
      caseOf(
        { x: [...index, sizeAt(shape, -1)], index: tensor(index, below(most), "u32") },
        { shape },
        most > rowsOf(shape).rows ? "places outside" : undefined,
      );
    return [
      make([1], [1, 1]),
      make([3], [2, 4]),
      make([5], [7, 3]),
      make([2, 2], [3, 5, 8]),
      make([9], [4, 7], 9),
      make([300], [3, 4]),
      make([4], [1000, 2]),
      ...times(30, () => make(randomShape(rng, 50), randomShape(rng, 60, 130))),
      ...ofModels("1x46 184", (index) => make(index, [1, 372, 512])),
    ];
  },
  refusals: ([
    ["x [4, 8] in [9, 8]: got index [3]", "3 u32", [9, 8]],
    ["x [4, 8] in [9, 7]", "4 u32", [9, 7]],
  ] as const).map(([got, index, shape]) =>
    refuse(`wanted a place for each row of ${got}`, { x: "4x8", index }, { shape })
  ),
});
