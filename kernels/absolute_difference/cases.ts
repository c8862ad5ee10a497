import { caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { absoluteDifference, gradientOp, op } from "./absolute_difference.ts";

const edges = "1 3 4 5 257 1025 3x5x7";

/** The distance of two tensors. */
export const absoluteDifferenceKernel = prove(op, 60, {
  reference: ({ a, b }) => [{
    shape: a.shape,
    data: a.data.map((value, i) => Math.abs(value - (b.data[i] ?? NaN))),
  }],
  roundings: () => 1,
  record: (r, { a, b }) => absoluteDifference(r, a, b),
  cases(rng) {
    const make = (shape: number[], fill = normal, note?: string) =>
      caseOf({ a: tensor(shape, fill), b: tensor(shape) }, {}, note);
    return [
      ...each(edges, (shape) => make(shape)),
      caseOf(
        { a: tensor([12], listed([2, -0, 1e30])), b: tensor([12], listed([2, 0, 1e30])) },
        {},
        "equal numbers",
      ),
      make([40], listed([Infinity, NaN, -Infinity, 1]), "infinities and NaN"),
      ...times(20, () => make(randomShape(rng, 40, 130))),
      ...ofModels("64x64", (shape) => make(shape)),
    ];
  },
  refusals: [
    refuse("b must have the shape of a: got a [4, 8] and b [8]", { a: "4x8", b: "8" }),
  ],
});

/** The gradient of the distance of two tensors. */
export const absoluteDifferenceGradientKernel = prove(gradientOp, 61, {
  reference: ({ a, b, dy }) => [{
    shape: a.shape,
    data: dy.data.map((slope, i) => {
      const difference = (a.data[i] ?? NaN) - (b.data[i] ?? NaN);
      return difference > 0 ? slope : difference < 0 ? -slope : 0;
    }),
  }],
  roundings: () => 0,
  cases(rng) {
    const make = (shape: number[]) => caseOf({ a: shape, b: shape, dy: shape }, {});
    return [
      ...each(edges, make),
      caseOf(
        {
          a: tensor([12], listed([2, -0, 1e30, 3])),
          b: tensor([12], listed([2, 0, 1e30, 4])),
          dy: [12],
        },
        {},
        "equal numbers",
      ),
      ...times(20, () => make(randomShape(rng, 40, 130))),
      ...ofModels("64x64", make),
    ];
  },
  refusals: [
    refuse("dy must have the shape of a: got a [4] and dy [5]", { a: "4", b: "4", dy: "5" }),
  ],
});
