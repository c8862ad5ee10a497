import { sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { concatenate, op } from "./concatenate.ts";

/** Columns side by side. */
export const concatenateKernel = prove(op, 64, {
  reference({ a, b }) {
    const before = sizeAt(a.shape, -1), after = sizeAt(b.shape, -1), columns = before + after;
    const rows = a.data.length / before;
    const data = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      data.set(a.data.subarray(row * before, (row + 1) * before), row * columns);
      data.set(b.data.subarray(row * after, (row + 1) * after), row * columns + before);
    }
    return [{ shape: [...a.shape.slice(0, -1), columns], data }];
  },
  roundings: () => 0,
  record: (r, { a, b }) => concatenate(r, a, b),
  cases(rng) {
    const make = (axes: number[], before: number, after: number) =>
      caseOf({ a: [...axes, before], b: [...axes, after] }, {});
    return [
      make([], 1, 1),
      make([], 3, 5),
      make([1], 4, 4),
      make([3], 8, 4), // four at a time
      make([3], 8, 5),
      make([257], 1, 2),
      make([2, 3, 5], 7, 12),
      ...times(20, () => make([rng.integer(1, 40)], rng.integer(1, 50), rng.integer(1, 50))),
      ...times(5, () => make([rng.integer(1, 9)], 4 * rng.integer(1, 20), 4 * rng.integer(1, 20))),
      { ...make([64], 128, 128), model: true },
    ];
  },
  refusals: [
    refuse("all axes but the last must be equal: got a [4, 8] and b [5, 8]", {
      a: "4x8",
      b: "5x8",
    }),
    refuse("got a [4, 8] and b [2, 4, 8]", { a: "4x8", b: "2x4x8" }),
  ],
});
