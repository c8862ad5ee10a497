import { each, ofModels, operands, randomShape, refuse, times } from "../case_tables.ts";
import { prove } from "../prove.ts";
import { reference } from "./reference.ts";
import { op, unfold } from "./unfold.ts";

/** Unfolding over time. */
export const unfoldKernel = prove(op, 16, {
  reference,
  roundings: () => 0,
  record: (r, { x }) => unfold(r, x),
  cases(rng) {
    const make = (x: number[]) => ({ inputs: operands({ x }), attrs: {} });
    return [
      ...each("1x1x1 1x1x4 1x2x3 3x1x8 2x3x5 4x5x12", make),
      ...times(30, () => make(randomShape(rng, 6, 20, 90))),
      ...ofModels("5x16x512", make),
    ];
  },
  refusals: [refuse("x must be [B, T, D]: got [4, 8]", { x: "4x8" }, {})],
});
