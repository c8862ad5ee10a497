import { each, ofModels, operands, randomShape, refuse, times } from "../case_tables.ts";
import { classToken, op } from "./class_token.ts";
import { prove } from "../prove.ts";
import { reference } from "./reference.ts";

/** Class token and positions. */
export const classTokenKernel = prove(op, 13, {
  reference,
  roundings: () => 1,
  record: (r, { x, token, position }) => classToken(r, x, token, position),
  cases(rng) {
    const make = (x: number[]) => {
      const [, p = 0, d = 0] = x;
      return { inputs: operands({ x, token: [d], position: [p + 1, d] }), attrs: {} };
    };
    return [
      ...each("1x1x1 1x1x4 2x3x5 3x4x8 2x16x13 5x1x33", make),
      ...times(30, () => make(randomShape(rng, 6, 30, 140))),
      ...ofModels("16x49x768 2x196x768", make),
      make([8, 16, 128]),
    ];
  },
  refusals: [
    refuse("x must be [B, P, D]: got [4, 8]", { x: "4x8", token: "8", position: "5x8" }, {}),
    refuse("token must be [8]: got [7]", { x: "1x4x8", token: "7", position: "5x8" }, {}),
    refuse("position must be [5, 8]: got [4, 8]", { x: "1x4x8", token: "8", position: "4x8" }, {}),
  ],
});
