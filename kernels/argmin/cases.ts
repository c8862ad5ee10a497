import { all, caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { mapRows } from "../reference_rows.ts";
import { argmin, op } from "./argmin.ts";

/** The search for the smallest number. */
export const argminKernel = prove(op, 37, {
  // Where the smallest number of each row is, counted over all rows.
  reference({ x }) {
    const data = mapRows(x, (numbers, row) => {
      const known = numbers.filter((v) => !Number.isNaN(v));
      const least = known.reduce((a, b) => Math.min(a, b), Infinity);
      return [row * numbers.length + (known.length === 0 ? 0 : numbers.indexOf(least))];
    });
    return [{ shape: x.shape.slice(0, -1), data }];
  },
  roundings: () => 0,
  record: (r, { x }) => argmin(r, x),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill) }, {}, note);
    const special = [NaN, 2, 1, NaN, NaN, NaN, Infinity, Infinity, NaN, 0, -0, -Infinity];
    return [
      ...each("1x1 3x1 1x9 65x5 257x3", (shape) => make(shape)),
      make([4, 3], listed(special), "NaN and infinities"),
      make([5, 6], listed([0, 1]), "equal ones"),
      make([5, 6], all(4), "all equal"),
      ...times(20, () => make(randomShape(rng, 90, 90))),
      ...ofModels("40x5", (shape) => make(shape)),
    ];
  },
  refusals: [refuse("wanted rows: got [4]", { x: "4" })],
});
