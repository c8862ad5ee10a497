import { elements } from "../../engine/mod.ts";
import { caseOf, each, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { op, sumRows } from "./sum_rows.ts";

/** The sum over rows. */
export const sumRowsKernel = prove(op, 39, {
  reference({ x }, { shape }) {
    const columns = elements(shape), data = new Float64Array(columns);
    for (const [i, v] of x.data.entries()) data[i % columns] = (data[i % columns] ?? NaN) + v;
    return [{ shape, data }];
  },
  roundings: ({ x }, { shape }) => elements(x.shape) / elements(shape),
  record: (r, { x }, { shape }) => sumRows(r, x, shape),
  cases(rng) {
    const make = (x: number[], from = x.length - 1) =>
      caseOf({ x: tensor(x) }, { shape: x.slice(from) });
    return [
      ...each("1x1 3x5 2x3x4", (x) => make(x)),
      make([2, 3, 4], 1),
      ...each("7x65 400x3", (x) => make(x)),
      ...each("511x3 512x3 1031x17 70000x1", (x) => make(x)), // in two stages from 512 on
      make([5, 7], 0),
      ...times(20, () => make(randomShape(rng, 20, 20, 90), rng.integer(1, 2))),
      ...ofModels("46x512", (x) => make(x)),
    ];
  },
  refusals: [
    refuse("what is left must be the last axes of [4, 3]: got [4]", { x: "4x3" }, { shape: [4] }),
  ],
});
