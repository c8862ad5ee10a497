import { caseOf, each, listed, ofModels, randomShape, refuse, times } from "../case_tables.ts";
import { normal, prove, tensor } from "../kernel.ts";
import { op, scale } from "./scale.ts";

/** Scaling. */
export const scaleKernel = prove(op, 9, {
  reference({ x }, { factor }) {
    return [{ shape: x.shape, data: x.data.map((value) => Math.fround(factor) * value) }];
  },
  roundings: () => 1,
  record: (r, { x }, { factor }) => scale(r, x, factor),
  cases(rng) {
    const make = (shape: number[], factor: number, fill = normal, note?: string) =>
      caseOf({ x: tensor(shape, fill) }, { factor }, note);
    const special = listed([Infinity, -Infinity, NaN, 0, -0, 3.4e38, 1e-30]);
    return [
      ...each("1 2 3 4 5 255 257 1024 1025", (shape) => make(shape, 5)),
      make([3, 5, 7], -0.1),
      make([7], 3, special, "special values"),
      make([7], 0, special, "special values"),
      ...times(30, () => make(randomShape(rng, 60, 200), rng.integer(-40, 40) / 8)),
      ...ofModels("200x46", (shape) => make(shape, 5)),
      ...ofModels("800x768", (shape) => make(shape, 0.125)),
    ];
  },
  refusals: [
    refuse("must be a float32 number: got NaN", { x: "4" }, { factor: NaN }),
    refuse("got 1e+39", { x: "4" }, { factor: 1e39 }),
  ],
});
