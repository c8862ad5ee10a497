import { caseOf, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { axisOf } from "../shapes.ts";
import { mean, op } from "./mean.ts";

/** The mean over an axis. */
export const meanKernel = prove(op, 8, {
  reference({ x }, { axis }) {
    const { outer, count, inner, rest } = axisOf(x.shape, axis);
    const y = new Float64Array(outer * inner);
    for (const [i, value] of x.data.entries()) {
      const at = Math.floor(i / (count * inner)) * inner + i % inner;
      y[at] = (y[at] ?? NaN) + value / count;
    }
    return [{ shape: rest, data: y }];
  },
  roundings: ({ x }, { axis }) => axisOf(x.shape, axis).count + 1,
  record: (r, { x }, { axis }) => mean(r, x, axis),
  cases(rng) {
    const make = (shape: number[], axis: number, fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill) }, { axis }, note);
    const special = listed([1, NaN, Infinity, 2, -Infinity, 3]);
    return [
      make([1], 0),
      ...[0, -1].map((axis) => make([5], axis)),
      ...[0, 1].map((axis) => make([2, 3], axis)),
      ...[0, 1, 2, -3].map((axis) => make([2, 3, 4], axis)),
      make([7, 1, 9], 1),
      ...[0, 1].map((axis) => make([300, 400], axis)),
      ...[0, 1].map((axis) => make([1031, 5], axis)), // in two stages along axis 0
      make([3, 515, 2], 1),
      make([2, 16385], -1),
      make([1, 520, 2], 1, listed([1, NaN, 2, 3, Infinity, 4]), "NaN, infinity, in two stages"),
      make([2, 3, 2], 1, special, "NaN, infinities"),
      ...times(30, () => make(randomShape(rng, 9, 33, 65), rng.integer(-3, 2))),
      ...ofModels("5x16x512 40x20x512", (shape) => make(shape, 1)),
      ...ofModels("46x512", (shape) => make(shape, 0)),
    ];
  },
  refusals: [2, 0.5].map((axis) =>
    refuse(`axis ${axis} is not one of [2, 3]`, { x: "2x3" }, { axis })
  ),
});
