import { type Shape, sizeAt } from "../../engine/mod.ts";
import { caseOf, refuse, times } from "../case_tables.ts";
import { prove } from "../kernel.ts";
import { gradientOp, op, putBack, slice } from "./slice.ts";

/** Columns from `first` on, `count` of them: of x, or where dy goes in a whole. */
type Columns = readonly [shape: Shape, first: number, count: number];

const edges: readonly Columns[] = [
  [[1], 0, 1],
  [[5], 1, 3],
  [[3, 8], 4, 4], // four at a time
  [[3, 8], 0, 4],
  [[3, 8], 2, 4],
  [[257, 2], 1, 1],
  [[2, 3, 12], 8, 4],
  [[7, 13], 0, 13],
];

/** Some columns. */
export const sliceKernel = prove(op, 62, {
  reference({ x }, { first, count }) {
    const columns = sizeAt(x.shape, -1);
    const data = x.data.filter((_, i) => i % columns >= first && i % columns < first + count);
    return [{ shape: [...x.shape.slice(0, -1), count], data }];
  },
  roundings: () => 0,
  record: (r, { x }, attrs) => slice(r, x, attrs),
  cases(rng) {
    const make = ([x, first, count]: Columns) => caseOf({ x }, { first, count });
    return [
      ...edges.map(make),
      ...times(20, () => {
        const columns = rng.integer(1, 60), first = rng.integer(0, columns - 1);
        return make([[rng.integer(1, 40), columns], first, rng.integer(1, columns - first)]);
      }),
      { ...make([[64, 5, 192], 64, 128]), model: true },
    ];
  },
  refusals: ([[3, 6], [8, 1], [-1, 2], [0, 0], [0.5, 2]] as const).map(([first, count]) =>
    refuse(`columns that x has: got ${count} from ${first} and x [4, 8]`, { x: "4x8" }, {
      first,
      count,
    })
  ),
});

/** The gradient of some columns. */
export const sliceGradientKernel = prove(gradientOp, 63, {
  // The slice where it came from, among zeros.
  reference({ x }, { first, columns }) {
    const count = sizeAt(x.shape, -1), rows = x.data.length / count;
    const data = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      data.set(x.data.subarray(row * count, (row + 1) * count), row * columns + first);
    }
    return [{ shape: [...x.shape.slice(0, -1), columns], data }];
  },
  roundings: () => 0,
  record: (r, { x }, place) => putBack(r, x, place),
  cases(rng) {
    const make = ([whole, first, count]: Columns) =>
      caseOf({ x: [...whole.slice(0, -1), count] }, { first, columns: sizeAt(whole, -1) });
    return [
      ...edges.map(make),
      ...times(20, () => {
        const columns = rng.integer(1, 60), first = rng.integer(0, columns - 1);
        return make([[rng.integer(1, 40), columns], first, rng.integer(1, columns - first)]);
      }),
      { ...make([[64, 5, 192], 64, 128]), model: true },
    ];
  },
  refusals: [
    refuse("room for x in 8 columns: got first 5 and x [4, 4]", { x: "4x4" }, {
      first: 5,
      columns: 8,
    }),
  ],
});
