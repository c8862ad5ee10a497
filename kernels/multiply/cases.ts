import type { Shape } from "../../engine/mod.ts";
import { caseOf, each, randomShape, refuse, times } from "../case_tables.ts";
import { prove, tensor } from "../kernel.ts";
import { multiply, op } from "./multiply.ts";

/** Multiplication. */
export const multiplyKernel = prove(op, 65, {
  reference({ a, b }) {
    const data = a.data.map((value, i) => value * (b.data[i % b.data.length] ?? NaN));
    return [{ shape: a.shape, data }];
  },
  roundings: () => 1,
  record: (r, { a, b }) => multiply(r, a, b),
  cases(rng) {
    const make = (a: Shape, b = a) => caseOf({ a, b }, {});
    const special = [Infinity, -Infinity, NaN, 0, -0, 3.4e38, 2];
    return [
      ...each("1 3 4 5 1x1x1 7x13", (a) => make(a)),
      ...each("7x13 5x1", (a) => make(a, a.slice(1))),
      ...each("6x4x8 6x4x7", (a) => make(a, a.slice(1))),
      ...each("257 1025", (a) => make(a)),
      caseOf(
        {
          a: tensor([49], (_, i) => special[i % 7] ?? 0),
          b: tensor([49], (_, i) => special[Math.floor(i / 7)] ?? 0),
        },
        {},
        "infinities and NaN",
      ),
      ...times(30, () => {
        const shape = randomShape(rng, 9, 33, 65);
        return make(shape, shape.slice(rng.integer(0, 2)));
      }),
      { ...make([64, 64]), model: true },
      { ...make([64, 256], [256]), model: true },
    ];
  },
  refusals: [
    refuse(
      "b must have the shape of a or its last axes: got a [4, 8] and b [4]",
      { a: "4x8", b: "4" },
    ),
    refuse("got a [8] and b [4, 8]", { a: "8", b: "4x8" }),
  ],
});
