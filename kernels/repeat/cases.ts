import { elements } from "../../engine/mod.ts";
import { caseOf, randomShape, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { axisOf } from "../shapes.ts";
import { op, repeat } from "./repeat.ts";

/** Repetition along an axis. */
export const repeatKernel = prove(op, 40, {
  // Numbers repeated along an axis, times a factor.
  reference({ x }, { shape, axis, factor }) {
    const { count, inner } = axisOf(shape, axis);
    const data = Float64Array.from(
      { length: elements(shape) },
      (_, at) => (x.data[Math.floor(at / (count * inner)) * inner + at % inner] ?? NaN) * factor,
    );
    return [{ shape, data }];
  },
  roundings: () => 2, // the factor is rounded as well
  record: (r, { x }, attrs) => repeat(r, x, attrs),
  cases(rng) {
    const make = (shape: number[], axis: number, factor = 0.3) =>
      caseOf({ x: tensor(axisOf(shape, axis).rest) }, { shape, axis, factor });
    return [
      make([1, 1], 0),
      make([3, 5], 0),
      make([3, 5], 1),
      make([2, 3, 4], 1),
      make([2, 3, 4], -1, 1),
      make([65, 7], 1),
      ...times(20, () => make(randomShape(rng, 9, 20, 70), rng.integer(0, 2))),
      { ...make([8, 20, 512], 1, 1 / 20), model: true },
    ];
  },
  refusals: [
    refuse("x must be [4, 2, 5] without axis 1: got [4, 3]", { x: "4x3" }, {
      shape: [4, 2, 5],
      axis: 1,
      factor: 1,
    }),
  ],
});
